from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from dashboard.guide.decisions import ends
from dashboard.guide.tree import TREE
from services.core.experiment import Experiment, State
from services.core.models import Model
from services.lab.door import Lab
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger

MARKUP = "<img src=x onerror=alert(1)>"
PROCESSES = "/decide/yes/yes/yes"
THREADS = "/decide/yes/no/yes/yes"
PATHS = {"/decide/" + "/".join(steps): leaf for steps, leaf in ends(TREE)}


def value_of(page: str, field: str) -> str:
    found = re.search(rf'name="{re.escape(field)}" value="([^"]*)"', page)
    assert found, f"no field {field}"
    return found[1]


def asked_by(web: FlaskClient, lab: Lab, path: str, **fields: str) -> Experiment:
    answer = web.post(path, data=fields)
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(rf"{path}\?experiment=([0-9a-f]+)#outcome", answer.headers["Location"])
    assert found
    return lab.report(found[1]).experiment


def finished(ledger: Ledger, asked: Experiment, state: State = State.FINISHED) -> str:
    """Made-up results, with prefork in front; where they are to be read."""
    for result in made.results(asked):
        ledger.experiments.save_trial(result)
    ledger.experiments.update(made.record(asked, state, "" if state is State.FINISHED else MARKUP))
    return f"?experiment={asked.id}"


def test_the_first_question_is_asked_with_its_answers_as_links(web: FlaskClient) -> None:
    page = web.get("/decide").text
    assert "Is one task after another too slow for you?" in page
    assert 'href="/decide/yes">Yes' in page and 'href="/decide/no">No' in page


def test_the_answers_so_far_are_marked_and_the_others_are_links(web: FlaskClient) -> None:
    page = web.get("/decide/yes/no").text
    assert page.count('<b class="answer taken">') == 2
    assert 'class="answer" href="/decide/no"' in page and 'class="answer" href="/decide/yes/yes"' in page
    assert "waiting for input or output?" in page and 'href="/decide/yes/no/yes"' in page


def test_every_ending_of_the_flowchart_is_reached() -> None:
    assert {leaf.title for leaf in PATHS.values()} == {
        "Sequential",
        "Multiprocessing",
        "Multithreading",
        "Async/await or sequential",
        "Sequential or specialised algorithms",
    }


@pytest.mark.parametrize("path", PATHS)
def test_every_leaf_has_benefits_considerations_and_a_form_that_can_be_submitted(
    web: FlaskClient, lab: Lab, path: str
) -> None:
    page = web.get(path)
    assert page.status_code == 200
    for bullet in PATHS[path].benefits + PATHS[path].considerations:
        assert bullet.text in page.text.replace("&#39;", "'")
    asked = asked_by(
        web,
        lab,
        path,
        **{name: value_of(page.text, name) for name in re.findall(r'name="(params\.\w+)" value', page.text)},
    )
    assert asked.workload == PATHS[path].check.workload
    assert asked.models == PATHS[path].check.models
    assert asked.concurrency == PATHS[path].check.concurrency


@pytest.mark.parametrize("path", PATHS)
def test_the_models_of_a_leaf_are_tested_against_others(path: str) -> None:
    check = PATHS[path].check
    assert check.expects < set(check.models)


def test_a_step_that_there_is_not_is_answered_with_those_there_are(web: FlaskClient) -> None:
    for path, allowed in [
        ("/decide/maybe", "yes or no (got &#39;maybe&#39;)"),
        ("/decide/yes/no/yes/no/lots", "many or few"),
        ("/decide/no/yes", "the path ends at sequential"),
        ("/decide/YES", "yes or no"),
        (f"/decide/{MARKUP}", "yes or no (got &#39;&lt;img"),
        ("/decide/" + "x" * 3000, "xxx…"),
        ("/decide/%00", "yes or no"),
        ("/decide/%ED%A0%80", "yes or no"),
    ]:
        for answer in (web.get(path), web.post(path)):
            assert answer.status_code == 404, path
            assert allowed in answer.text
            assert MARKUP not in answer.text


def test_the_path_needs_no_store(away: FlaskClient) -> None:
    assert away.get("/decide/yes").status_code == 200
    page = away.get(PROCESSES)
    assert page.status_code == 200
    assert "Nothing can be measured now" in page.text and "Redis does not answer" in page.text


def test_a_path_that_has_not_ended_measures_nothing(web: FlaskClient, lab: Lab) -> None:
    assert web.post("/decide/yes").status_code == 409
    assert lab.experiments().lines == ()


def test_parameters_of_another_workload_are_shown_for_it(web: FlaskClient) -> None:
    page = web.get(f"{PROCESSES}?workload=mixed").text
    assert '<option value="mixed" selected>' in page
    assert value_of(page, "params.cpu_share") == "0.5"


def test_what_was_typed_is_measured(web: FlaskClient, lab: Lab) -> None:
    asked = asked_by(web, lab, PROCESSES, **{"workload": "primes", "params.limit": "3000", "models": "gevent"})
    assert asked.params == {"limit": 3000}
    assert asked.models == (Model.SEQUENTIAL, Model.THREADS, Model.PREFORK), "the leaf's, whatever else is sent"


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("params.limit", "0", "must be a whole number from 2"),
        ("params.limit", "9" * 400, "must be a whole number from 2"),
        ("params.limit", MARKUP, "must be a whole number from 2"),
        ("params.limit", "", "must be a whole number from 2"),
        ("params.limit", "10, 2000", "must be one value here"),
        ("workload", "nothing", "must be one of"),
        ("workload", MARKUP, "must be one of"),
    ],
)
def test_a_problem_is_shown_beside_its_field_and_nothing_is_queued(
    web: FlaskClient, lab: Lab, field: str, value: str, allowed: str
) -> None:
    answer = web.post(PROCESSES, data={"workload": "primes", "params.limit": "2000"} | {field: value})
    assert answer.status_code == 422
    beside = answer.text.partition(f'id="wrong-{field}"')[2].partition("</p>")[0]
    assert allowed in beside
    assert MARKUP not in answer.text
    assert lab.experiments().lines == ()


def test_what_was_typed_is_kept_while_the_store_is_away(away: FlaskClient) -> None:
    answer = away.post(PROCESSES, data={"workload": "primes", "params.limit": "2345"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Redis does not answer" in answer.text
    assert value_of(answer.text, "params.limit") == "2345"


@pytest.mark.parametrize("id", ["00000000", MARKUP, "..%2f..", "%00"])
def test_an_unknown_experiment_is_reported_on_the_path(web: FlaskClient, id: str) -> None:
    answer = web.get(f"{PROCESSES}?experiment={id}")
    assert answer.status_code == 404
    assert "Experiment not found." in answer.text and "Multiprocessing" in answer.text
    assert MARKUP not in answer.text


def test_a_running_check_shows_how_far_it_is(web: FlaskClient, lab: Lab) -> None:
    asked = asked_by(web, lab, PROCESSES, workload="primes")
    page = web.get(f"{PROCESSES}?experiment={asked.id}").text
    assert '<b id="done">0</b> of 15 trials' in page
    assert f'data-follow="/api/v1/experiments/{asked.id}"' in page and f'href="/experiments/{asked.id}"' in page
    assert "No conductor is running" in page


def test_a_measurement_that_agrees_reports_it(web: FlaskClient, lab: Lab, ledger: Ledger) -> None:
    asked = asked_by(web, lab, PROCESSES, **{"workload": "primes", "params.limit": "4321"})
    page = web.get(PROCESSES + finished(ledger, asked)).text
    assert "The measurement agrees with this path: prefork came out fastest." in page
    assert "prefork@4 is fastest" in page
    assert "Reconsider your answer" not in page
    assert value_of(page, "params.limit") == "4321"


def test_a_measurement_that_disagrees_states_which_answer_to_doubt(web: FlaskClient, lab: Lab, ledger: Ledger) -> None:
    asked = asked_by(web, lab, THREADS, workload="primes")
    page = web.get(THREADS + finished(ledger, asked)).text
    assert "The measurement disagrees with this path: prefork came out fastest, not threads." in page
    assert "Reconsider your answer <b>no</b> to “Does a task spend most of its time computing?”" in page
    doubted = page.partition('class="passed doubted"')[2]
    assert doubted.startswith('>\n      <p class="asks">CPU-intensive?</p>')


@pytest.mark.parametrize(("state", "word"), [(State.FAILED, "failed"), (State.CANCELLED, "was cancelled")])
def test_a_check_that_did_not_finish_settles_nothing(
    web: FlaskClient, lab: Lab, ledger: Ledger, state: State, word: str
) -> None:
    asked = asked_by(web, lab, PROCESSES, workload="primes")
    page = web.get(PROCESSES + finished(ledger, asked, state)).text
    assert f"The experiment {word}, so it settles nothing." in page
    assert MARKUP not in page and "&lt;img src=x" in page, "the reason"


def test_an_experiment_that_did_not_measure_what_the_leaf_names_does_not_test_it(
    web: FlaskClient, ledger: Ledger
) -> None:
    asked = replace(made.experiment(), models=(Model.SEQUENTIAL, Model.THREADS))
    ledger.keep(asked, made.results(asked))
    page = web.get(f"{PROCESSES}?experiment={asked.id}").text
    assert "did not measure prefork, so it does not test this path" in page


def test_a_leaf_that_names_no_model_states_what_there_is_to_beat(web: FlaskClient, lab: Lab, ledger: Ledger) -> None:
    path = "/decide/yes/yes/no"
    asked = asked_by(web, lab, path, workload="primes")
    page = web.get(path + finished(ledger, asked)).text
    assert "Independent tasks are fastest with prefork. Your algorithm has to be faster than that." in page


def test_a_path_with_a_slash_too_many_is_the_same_path(web: FlaskClient) -> None:
    assert web.get("/decide/").status_code == 200
    assert "waiting for input or output?" in web.get("/decide/yes/no/").text


def test_no_page_of_the_guide_holds_a_script_or_a_style_of_its_own(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    for path in ("/", "/decide", "/decide/yes/no", f"{PROCESSES}?experiment=0a1b2c3d", "/decide/no/no"):
        page = web.get(path).text
        assert "<script>" not in page and "<style" not in page and " style=" not in page and " onclick=" not in page
        assert "://" not in page
