"""What charts are drawn from, and their values to take away."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from services.core.timeline import Timeline
from services.views.charts.catalogue import FIGURES
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger
from tests.unit.views.charts.bars import in_processes, sharing_a_gil

PAGE = "/experiments/0a1b2c3d"


@pytest.fixture
def watched(ledger: Ledger) -> dict[str, int]:
    """A finished experiment with single tasks of its trials; the first trial of each cell by name."""
    asked = made.experiment()
    ledger.keep(asked, [])
    first: dict[str, int] = {}
    for result in made.results(asked):
        cell = result.trial.cell
        first.setdefault(cell.name, result.trial.index)
        ledger.experiments.save_trial(result, in_processes() if cell.model == "prefork" else sharing_a_gil())
    return first


def sheet(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_every_chart_is_answered_by_name(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    charts = web.get(f"{PAGE}/figures.json").json
    assert charts is not None and list(charts) == sorted(charts, key=[figure.name for figure in FIGURES].index)


def test_the_values_of_every_figure_can_be_taken_away(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    for figure in FIGURES:
        name = getattr(figure, "name", "")
        answer = web.get(f"{PAGE}/figures/{name}.csv")
        assert answer.mimetype == "text/csv"
        assert f"0a1b2c3d-{name}.csv" in answer.headers["Content-Disposition"]
        assert "attachment" in answer.headers["Content-Disposition"]


def test_values_are_unrounded_under_headings_with_units(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    heading, *rows = sheet(web.get(f"{PAGE}/figures/throughput.csv").text)
    assert heading == [
        "model",
        "concurrency (slots)",
        "throughput (tasks/s)",
        "low of throughput (tasks/s)",
        "high of throughput (tasks/s)",
        "trials",
    ]
    assert len(rows) == 10 and all(len(row[2]) > 8 for row in rows)


def test_what_is_not_there_is_not_found(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    for path in ["figures/nothing.csv", "figures/throughput-findings.csv", "trials/99/timeline.csv"]:
        assert web.get(f"{PAGE}/{path}").status_code == 404
        assert web.get(f"/experiments/nothing/{path}").status_code == 404


def test_single_tasks_are_a_chart_in_the_colour_of_their_model(web: FlaskClient, watched: dict[str, int]) -> None:
    chart = web.get(f"{PAGE}/trials/{watched['prefork@2']}/timeline.json").json
    assert chart is not None
    assert (chart["data"][0]["name"], chart["data"][0]["marker"]["line"]["color"]) == ("prefork", "#D55E00")


def test_single_tasks_can_be_taken_away(web: FlaskClient, watched: dict[str, int]) -> None:
    heading, *rows = sheet(web.get(f"{PAGE}/trials/{watched['threads@2']}/timeline.csv").text)
    assert heading[:5] == ["node", "slot", "process", "thread", "began (ms)"]
    assert len(rows) == 10


def test_a_trial_without_single_tasks_is_reported_as_an_error_in_json(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    answer = web.get(f"{PAGE}/trials/0/timeline.json")
    assert (answer.status_code, answer.json["error"]["kind"]) == (404, "not_found")  # type: ignore[index]


def test_the_page_begins_with_threads_at_the_highest_concurrency(web: FlaskClient, watched: dict[str, int]) -> None:
    page = web.get(PAGE).text
    assert f'<option value="{watched["threads@4"]}" selected>threads@4</option>' in page
    assert page.count("<option ") == 10, "one a cell"
    assert f"{PAGE}/trials/{watched['threads@4']}/timeline.json" in page
    assert "1 process. On average a task was on a CPU for 50% of its time." in page


def test_another_trial_can_be_chosen_without_a_script(web: FlaskClient, watched: dict[str, int]) -> None:
    page = web.get(PAGE, query_string={"timeline": watched["prefork@2"]}).text
    assert f'<option value="{watched["prefork@2"]}" selected>prefork@2</option>' in page
    assert "2 processes" in page


@pytest.mark.usefixtures("watched")
def test_a_trial_that_is_none_is_not_found(web: FlaskClient) -> None:
    for asked in ["99", "-1", "x", "", "<b>", "1e9", "9" * 5000]:
        page = web.get(PAGE, query_string={"timeline": asked})
        assert page.status_code == 404, asked
        assert "has no finished trial" in page.text and "<b>" not in page.text


def test_a_trial_that_is_not_the_first_of_its_cell_can_be_looked_at_by_its_address(
    web: FlaskClient, watched: dict[str, int]
) -> None:
    last = max(trial["index"] for cell in web.get(f"/api/v1{PAGE}").get_json()["cells"] for trial in cell["trials"])
    assert last not in watched.values()
    assert f'<option value="{last}" selected>' in web.get(PAGE, query_string={"timeline": last}).text


def test_an_old_trial_is_shown_with_no_single_tasks(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    page = web.get(PAGE).text
    assert "No single tasks were kept of this trial" in page
    assert "timeline.json" not in page and "timeline.csv" not in page


def test_nothing_is_loaded_to_draw_with_while_there_is_nothing_to_draw(web: FlaskClient, ledger: Ledger) -> None:
    ledger.keep(made.experiment(), [])
    assert "<script async" not in web.get(PAGE).text and 'rel="preload"' not in web.get(PAGE).text
    other = made.experiment("1a1b2c3d")
    ledger.keep(other, made.results(other)[:1])
    assert "<script async" in web.get("/experiments/1a1b2c3d").text


def test_markup_in_the_name_of_a_node_comes_out_as_text(web: FlaskClient, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, [])
    first = sharing_a_gil()
    named = Timeline(bars=tuple(replace(bar, node="<b>desk") for bar in first.bars), tasks=first.tasks)
    ledger.experiments.save_trial(made.results(asked)[0], named)
    page = web.get(PAGE).text
    assert "<b>desk" not in page and "&lt;b&gt;desk" in page
