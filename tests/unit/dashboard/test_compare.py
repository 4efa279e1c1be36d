"""The page that shows cells side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.core.experiment import State
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def measured(ledger: Ledger) -> Ledger:
    """With two finished experiments on machines that differ."""
    ledger.finished()
    other = replace(made.experiment("1a1b2c3d"), seed=8, params={"limit": 30_000})
    ledger.keep(other, made.results(other), nodes=(made.node("desk", quota=2.0),))
    return ledger


def compare(web: FlaskClient, *cells: str) -> TestResponse:
    return web.get("/compare", query_string={"cell": list(cells)})


def test_cells_of_one_experiment_stand_side_by_side(web: FlaskClient, measured: Ledger) -> None:
    page = compare(web, "0a1b2c3d:threads@4", "0a1b2c3d:prefork@4").text
    for measure in ("Throughput", "Latency, p50", "Latency, p95", "Latency, p99", "Hand-over", "Peak memory"):
        assert measure in page
    assert page.count('class="call">baseline<') == 6
    assert "faster" in page and "slower" in page and "more" in page
    assert "<b>They differ in</b> model" in page


def test_cells_of_two_experiments_show_where_their_nodes_and_tasks_differ(web: FlaskClient, measured: Ledger) -> None:
    page = compare(web, "0a1b2c3d:threads@4", "1a1b2c3d:threads@4").text
    assert "<b>They differ in</b> limit, usable cores, CPU quota." in page
    assert "2 cores" in page and "20000" in page and "30000" in page
    assert page.count("≠ differs") == 3


def test_what_is_the_same_is_not_marked(web: FlaskClient, measured: Ledger) -> None:
    page = compare(web, "0a1b2c3d:prefork@4", "0a1b2c3d:prefork@2").text
    assert page.count("≠ differs") == 1, "the concurrency"


def test_another_cell_can_be_put_first_or_left_out(web: FlaskClient, measured: Ledger) -> None:
    page = compare(web, "0a1b2c3d:threads@4", "0a1b2c3d:prefork@4", "1a1b2c3d:gevent@2").text
    assert 'href="/compare?cell=1a1b2c3d:gevent@2&amp;cell=0a1b2c3d:threads@4&amp;cell=0a1b2c3d:prefork@4"' in page
    assert 'href="/compare?cell=0a1b2c3d:threads@4&amp;cell=0a1b2c3d:prefork@4"' in page


def test_without_cells_those_of_the_last_experiments_are_offered(web: FlaskClient, measured: Ledger) -> None:
    page = web.get("/compare").text
    assert page.count('type="checkbox" name="cell"') == 20
    assert 'value="0a1b2c3d:threads@4"' in page and " checked" not in page


def test_only_measured_cells_are_offered(web: FlaskClient, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, made.results(asked)[:3], state=State.RUNNING)
    ledger.keep(made.experiment("1a1b2c3d"), [], state=State.QUEUED)
    page = web.get("/compare").text
    assert page.count('type="checkbox" name="cell"') == 3


def test_where_nothing_is_measured_the_page_states_how_to_begin(web: FlaskClient) -> None:
    page = web.get("/compare").text
    assert "No cell has been measured yet" in page and "lab run primes" in page


def test_one_cell_asks_for_another(web: FlaskClient, measured: Ledger) -> None:
    answer = compare(web, "0a1b2c3d:threads@4")
    assert answer.status_code == 200
    assert "Select another one" in answer.text
    assert 'value="0a1b2c3d:threads@4" checked' in answer.text


def test_a_cell_given_twice_is_one_cell(web: FlaskClient, measured: Ledger) -> None:
    assert "Select another one" in compare(web, "0a1b2c3d:threads@4", "0a1b2c3d:threads@4").text


def test_a_cell_without_a_finished_trial_has_dashes(web: FlaskClient, measured: Ledger) -> None:
    asked = made.experiment("2a1b2c3d")
    measured.keep(asked, made.results(asked)[:1], state=State.RUNNING)
    done = made.results(asked)[0].trial.cell.name
    other = next(one.trial.cell.name for one in made.results(asked) if one.trial.cell.name != done)
    answer = compare(web, "0a1b2c3d:threads@4", f"2a1b2c3d:{other}", f"2a1b2c3d:{done}")
    assert answer.status_code == 200
    assert "0 finished trials" in answer.text and "1 finished trial<" in answer.text
    assert "not known" in answer.text, "one repeat has no interval"


def test_cells_that_cannot_be_compared_are_named(web: FlaskClient, measured: Ledger) -> None:
    for cells, status, says in [
        (["nothing:threads@4", "0a1b2c3d:threads@4"], 404, "there is no experiment nothing"),
        (["0a1b2c3d:threads@64"], 404, "experiment 0a1b2c3d has no cell threads@64"),
        (["threads@4"], 400, "threads@4"),
        (["0a1b2c3d:"], 400, "0a1b2c3d:"),
        ([":threads@4"], 400, ":threads@4"),
        ([""], 400, "colon"),
        ([f"0a1b2c3d:{MARKUP}"], 404, "&lt;img src=x"),
        ([f"{MARKUP}:threads@4"], 404, "&lt;img src=x"),
        ([MARKUP], 400, "&lt;img src=x"),
        (["0a1b2c3d:now", "0a1b2c3d:trials:0"], 404, "has no cell"),
        ([f"0a1b2c3d:threads@{number}" for number in range(9)], 422, "may be given 8 times"),
        (["\x00:\x00"], 404, "there is no experiment"),
    ]:
        answer = compare(web, *cells)
        assert answer.status_code == status, cells
        assert answer.mimetype == "text/html" and says in answer.text
        assert MARKUP not in answer.text


def test_without_store_the_page_reports_it(away: FlaskClient) -> None:
    assert away.get("/compare").status_code == 503
    assert away.get("/compare?cell=0a1b2c3d:threads@4").status_code == 503


def test_markup_in_anything_that_was_stored_comes_out_as_text(web: FlaskClient, ledger: Ledger) -> None:
    asked = replace(made.experiment(), params={"limit": MARKUP}, workload=MARKUP)
    node = made.node(MARKUP)
    node = replace(node, fingerprint=replace(node.fingerprint, cpu_model=MARKUP, kernel=MARKUP))
    results = [replace(one, nodes=(MARKUP,)) for one in made.results(asked)]
    ledger.keep(asked, results, nodes=(node,))
    page = compare(web, "0a1b2c3d:threads@4", "0a1b2c3d:threads@2").text
    assert MARKUP not in page and page.count("&lt;img src=x") > 6


def test_the_page_holds_no_script_or_style_of_its_own(web: FlaskClient, measured: Ledger) -> None:
    page = compare(web, "0a1b2c3d:threads@4", "0a1b2c3d:prefork@4").text
    assert "<script>" not in page and "<style" not in page and " style=" not in page and "://" not in page
