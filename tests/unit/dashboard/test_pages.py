from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from services.core.experiment import State
from services.core.report import CurrentTrial
from services.lab.door import Lab
from services.views.charts.catalogue import FIGURES
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger

MARKUP = "<img src=x onerror=alert(1)>"


def test_the_first_page_states_what_this_is_and_how_to_begin(web: FlaskClient) -> None:
    page = web.get("/").text
    assert "Threads or processes, for this task, on this machine?" in page
    assert 'href="/experiments/new"' in page
    assert "None yet" in page


@pytest.mark.parametrize("path", ["/", "/experiments"])
def test_without_conductor_and_node_the_page_states_which_command_to_run(
    web: FlaskClient, ledger: Ledger, path: str
) -> None:
    page = web.get(path).text
    assert "No conductor is running" in page and "No node is running" in page and "<code>lab up</code>" in page
    ledger.open()
    page = web.get(path).text
    assert "No conductor is running" not in page and "No node is running" not in page


def test_an_empty_list_states_how_to_fill_it(web: FlaskClient) -> None:
    page = web.get("/experiments").text
    assert "No experiments yet" in page and "lab run primes" in page


@pytest.mark.parametrize("path", ["/", "/experiments"])
def test_experiments_are_listed_with_their_state(web: FlaskClient, ledger: Ledger, path: str) -> None:
    ledger.finished()
    page = web.get(path).text
    assert 'href="/experiments/0a1b2c3d"' in page and "finished" in page and "30 / 30" in page


@pytest.mark.parametrize("path", ["/", "/experiments"])
def test_an_experiment_whose_verdict_is_in_doubt_is_listed_as_such(web: FlaskClient, ledger: Ledger, path: str) -> None:
    ledger.experiments.update(replace(ledger.finished(), doubtful=True))
    assert '<span class="doubtful">, doubtful</span>' in web.get(path).text


def test_a_finished_experiment_shows_verdict_figures_trials_and_environment(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    page = web.get("/experiments/0a1b2c3d").text
    assert "prefork@4 is fastest" in page
    for name in ("throughput", "memory", "handover"):
        assert f'data-chart="{name}"' in page and f'data-part="table-{name}"' in page
    assert page.count("<td>finished</td>") == 30
    assert "AMD EPYC 7B13" in page and "before the task" in page and "no limit" in page
    assert "Cancel experiment" not in page
    assert "took 1 min 28 s" in page


def test_an_answer_has_a_card_per_pick_with_figures_and_a_command_to_copy(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    page = web.get("/experiments/0a1b2c3d").text
    card = page.partition('class="answer-card"')[2].partition("</section>")[0]
    assert "Fastest, best value and nothing to change" in card
    assert "<code>celery -A proj worker --pool=prefork --concurrency=4</code>" in card
    assert "tasks/s" in card and "MiB" in card and "You give up: " in card
    assert "What limits it" in card and "The GIL" in card and "Ceilings" in card and "How sure: " in card


def test_an_experiment_without_a_finished_trial_has_no_answer(web: FlaskClient, lab: Lab) -> None:
    queued = lab.submit({"workload": "primes"}).experiment
    assert "answer-card" not in web.get(f"/experiments/{queued.id}").text


def test_a_finished_experiment_whose_verdict_is_in_doubt_reports_it(web: FlaskClient, ledger: Ledger) -> None:
    asked = made.experiment()
    lost = [replace(one, lost=2) if one.trial.cell.name == "prefork@4" else one for one in made.results(asked)]
    ledger.keep(asked, lost)
    page = web.get("/experiments/0a1b2c3d").text
    assert "Not reliable: 6 tasks never came back. prefork@4 is fastest" in page
    assert '<span class="doubtful">, doubtful</span>' in page


def test_a_running_experiment_shows_what_is_measured_now_and_can_be_cancelled(web: FlaskClient, ledger: Ledger) -> None:
    asked = made.experiment()
    now = CurrentTrial(trial=7, cell="gevent@2", repeat=0, phase="saturate")
    ledger.open()
    ledger.keep(asked, made.results(asked)[:7], state=State.RUNNING, now=now)
    page = web.get("/experiments/0a1b2c3d").text
    assert '<b id="done">7</b> of 30 trials' in page
    assert "gevent@2" in page and "repeat 1 of 3, saturate" in page
    assert "Cancel experiment" in page
    answer = web.post("/experiments/0a1b2c3d/cancel")
    assert answer.status_code == 303
    assert ledger.experiments.cancel_asked("0a1b2c3d")
    assert "Cancelling" in web.get(answer.headers["Location"]).text


def test_an_experiment_without_results_shows_no_empty_charts(web: FlaskClient, ledger: Ledger) -> None:
    ledger.keep(made.experiment(), [], state=State.FAILED, reason="no node came")
    page = web.get("/experiments/0a1b2c3d").text
    assert "no node came" in page
    assert page.count('class="figure"') == len(re.findall(r' hidden>\s*<h2 id="figure-', page)) > len(FIGURES)


def test_failed_trials_are_shown_with_reason_and_lost_tasks(web: FlaskClient, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, made.results(asked, failed=(2, 5)))
    page = web.get("/experiments/0a1b2c3d").text
    assert page.count("the measured worker died (signal 9) in saturate") >= 2
    assert page.count("37 lost") == 2
    assert "<b>Trial failed</b>" in page, "the warning"


def test_a_warning_is_shown_once_with_every_cell_it_is_about(web: FlaskClient, ledger: Ledger) -> None:
    asked = made.experiment(repeats=2)
    ledger.keep(asked, made.results(asked))
    page = web.get("/experiments/0a1b2c3d").text
    assert page.count("<b>Too few repeats</b>") == 1
    assert page.count("Only 2 trials finished") == 10


def test_what_ended_cannot_be_cancelled(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    answer = web.post("/experiments/0a1b2c3d/cancel")
    assert answer.status_code == 409
    assert "finished already" in answer.text


def test_nodes_are_shown_with_what_they_measure(web: FlaskClient, ledger: Ledger) -> None:
    assert "lab up" in web.get("/nodes").text
    ledger.nodes.announce(made.node("desk", trial="0a1b2c3d-4"))
    ledger.nodes.announce(made.node("rack", quota=1.5))
    page = web.get("/nodes").text
    assert "desk" in page and "rack" in page and "0a1b2c3d-4" in page
    assert "1.5 of 4" in page and "1.5 cores" in page and "8.00 GiB" in page


def test_markup_in_anything_that_was_stored_comes_out_as_text(web: FlaskClient, ledger: Ledger) -> None:
    asked = made.experiment()
    first, *others = made.results(asked, failed=(0,))
    node = made.node()
    node = replace(node, fingerprint=replace(node.fingerprint, cpu_model=MARKUP), trial=MARKUP)
    ledger.nodes.announce(node)
    ledger.keep(
        asked,
        [replace(first, failure=MARKUP, nodes=(MARKUP,)), *others[:5]],
        state=State.RUNNING,
        reason=MARKUP,
        now=CurrentTrial(trial=3, cell=MARKUP, repeat=0, phase=MARKUP),
        nodes=(node,),
    )
    for path in ("/", "/experiments", "/experiments/0a1b2c3d", "/nodes"):
        page = web.get(path).text
        assert MARKUP not in page
    assert web.get("/experiments/0a1b2c3d").text.count("&lt;img src=x") >= 5


def test_no_page_holds_a_script_or_a_style_of_its_own(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    for path in ("/", "/experiments", "/experiments/new", "/experiments/0a1b2c3d", "/nodes", "/nothing"):
        page = web.get(path).text
        assert "<script>" not in page and "<style" not in page and " style=" not in page and " onclick=" not in page
        assert "://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_the_cells_of_an_experiment_can_be_compared_from_its_page(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    (address,) = re.findall(r'href="(/compare\?[^"]+)"', web.get("/experiments/0a1b2c3d").text)
    answer = web.get(html.unescape(address))
    assert answer.status_code == 200
    assert "prefork@4" in answer.text
