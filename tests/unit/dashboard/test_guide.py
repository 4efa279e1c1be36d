"""The guide: claims with their buttons and verdicts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from services.core.claims import Standing
from services.core.experiment import State
from services.core.models import Model
from services.lab.door import Lab
from services.planning import grid
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger

MARKUP = "<img src=x onerror=alert(1)>"


def part(page: str, name: str) -> str:
    """The changing part of a claim."""
    _, _, after = page.partition(f'data-part="claim-{name}"')
    return after.partition("</li>")[0]


def measured(lab: Lab, ledger: Ledger, *, state: State = State.FINISHED, done: int | None = None) -> str:
    """An experiment that was asked for by the claim of the GIL, with made-up results; its id."""
    asked = lab.measure_claims("gil")[0].experiment
    ledger.experiments.save_nodes(asked.id, (made.node("desk"),))
    for result in made.results(asked)[:done]:
        ledger.experiments.save_trial(result)
    ledger.experiments.update(made.record(asked, state))
    return asked.id


def test_every_claim_is_shown_with_reason_rule_and_button(web: FlaskClient, lab: Lab) -> None:
    page = web.get("/").text.replace("&#39;", "'")
    for report in lab.claims():
        claim = report.claim
        assert claim.statement in page and claim.why in page and claim.rule in page
        assert f'action="/claims/{claim.name}/measure"' in page


def test_the_first_screen_has_a_button_that_measures_at_once(web: FlaskClient) -> None:
    hero = web.get("/").text.partition("</section>")[0]
    assert 'action="/claims/gil/measure"' in hero and "Measure now" in hero


def test_a_claim_names_the_claims_that_its_experiment_answers_too(web: FlaskClient) -> None:
    claim = web.get("/").text.partition('id="claim-threads-share-memory"')[2].partition('class="measured"')[0]
    assert "this and 1 other claim<" in claim
    assert 'href="#claim-processes-separate-memory"' in claim


def test_without_javascript_the_button_leads_back_to_the_claim(web: FlaskClient, lab: Lab) -> None:
    answer = web.post("/claims/gil/measure")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/#claim-gil"
    assert lab.experiments().lines[0].record.experiment.workload == "primes"


def test_a_queued_claim_states_that_it_waits_and_has_no_button(web: FlaskClient) -> None:
    web.post("/claims/gil/measure")
    found = part(web.get("/").text, "gil")
    assert "Queued" in found and 'data-progress="gil"' in found
    assert "<button" not in found


def test_measuring_one_claim_measures_its_siblings(web: FlaskClient) -> None:
    web.post("/claims/gil/measure")
    web.post("/claims/sequential-underuses/measure")
    page = web.get("/").text
    assert "Queued" in part(page, "sequential-underuses")
    assert len(set(re.findall(r'href="/experiments/([0-9a-f]+)"', page))) == 1


def test_a_running_claim_shows_how_far_it_is(web: FlaskClient, lab: Lab, ledger: Ledger) -> None:
    measured(lab, ledger, state=State.RUNNING, done=4)
    found = part(web.get("/").text, "gil")
    assert '<b data-done="gil">4</b> of 15 trials' in found
    assert 'class="holds' not in found


def test_a_measured_claim_shows_verdict_figure_and_experiment(web: FlaskClient, lab: Lab, ledger: Ledger) -> None:
    id = measured(lab, ledger)
    report = next(one for one in lab.claims() if one.claim.name == "gil")
    assert report.judged.standing is Standing.HOLDS
    found = part(web.get("/").text, "gil")
    assert 'class="holds holds-holds">Holds<' in found
    assert report.judged.result in found
    assert f'href="/experiments/{id}"' in found and "Measure again" in found


@pytest.mark.parametrize(("state", "word"), [(State.FAILED, "failed"), (State.CANCELLED, "was cancelled")])
def test_a_claim_states_how_its_experiment_ended(
    web: FlaskClient, lab: Lab, ledger: Ledger, state: State, word: str
) -> None:
    measured(lab, ledger, state=state, done=0)
    found = part(web.get("/").text, "gil")
    assert f"Its experiment {word}" in found and "Measure again" in found


def test_a_claim_that_rests_on_trials_meant_to_fail_is_not_called_failed(
    web: FlaskClient, lab: Lab, ledger: Ledger
) -> None:
    asked = lab.measure_claims("processes-isolate-faults")[0].experiment
    plan = grid.plan(asked, asked.repeats)
    for result in made.results(asked, failed=tuple(range(len(plan.trials)))):
        lost = 1 if result.trial.cell.model is Model.PREFORK else 90
        ledger.experiments.save_trial(replace(result, lost=lost, died_with_slot=1))
    ledger.experiments.update(made.record(asked, State.FAILED))
    found = part(web.get("/").text, "processes-isolate-faults")
    assert "Holds<" in found and "Its experiment failed" not in found


def test_an_experiment_that_was_run_to_fail_ended_as_intended(web: FlaskClient, lab: Lab, ledger: Ledger) -> None:
    asked = lab.measure_claims("processes-isolate-faults")[0].experiment
    for result in made.results(asked, failed=tuple(range(6))):
        ledger.experiments.save_trial(replace(result, lost=90, died_with_slot=1))
    for stored in (State.FAILED, State.INTENDED):  # the first is what earlier versions stored
        ledger.experiments.update(made.record(asked, stored, "no trial finished: a slot died"))
        page = web.get(f"/experiments/{asked.id}").text
        assert "Ended as intended: run to show which tasks are lost when one of them kills its process." in page
        assert "Tasks lost per trial: threads@2 90, prefork@2 90." in page
        assert "state-failed" not in page and "no trial finished" not in page and "Fix the cause" not in page
        assert web.get(f"/api/v1/experiments/{asked.id}").get_json()["state"] == "ended as intended"
    assert "state-ended-as-intended" in web.get("/experiments").text


def test_an_experiment_that_failed_before_it_showed_anything_did_not_end_as_intended(
    web: FlaskClient, lab: Lab, ledger: Ledger
) -> None:
    asked = lab.measure_claims("processes-isolate-faults")[0].experiment
    for result in made.results(asked, failed=tuple(range(6))):
        ledger.experiments.save_trial(replace(result, lost=0, died_with_slot=0))
    ledger.experiments.update(made.record(asked, State.FAILED, "no trial finished: the worker did not start"))
    assert web.get(f"/api/v1/experiments/{asked.id}").get_json()["state"] == "failed"


def test_measure_all_queues_every_preset_once(web: FlaskClient, lab: Lab) -> None:
    answer = web.post("/claims/measure")
    assert answer.headers["Location"] == "/#claims"
    presets = {preset for report in lab.claims() for preset in report.claim.presets}
    assert len(lab.experiments().lines) == len(presets)
    assert all(len(report.experiments) == len(report.claim.presets) for report in lab.claims())


def test_a_claim_that_is_none_is_not_found(web: FlaskClient) -> None:
    answer = web.post("/claims/<script>/measure")
    assert answer.status_code == 404
    assert "there is no claim &#39;&lt;script&gt;&#39;" in answer.text


@pytest.mark.parametrize("path", ["/claims/gil/measure", "/claims/measure"])
def test_nothing_can_be_measured_while_the_store_is_away(away: FlaskClient, path: str) -> None:
    answer = away.post(path)
    assert answer.status_code == 503
    assert "Redis does not answer" in answer.text


def test_another_site_cannot_press_the_button(web: FlaskClient, lab: Lab) -> None:
    answer = web.post("/claims/gil/measure", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert lab.experiments().lines == ()


def test_markup_in_a_reason_comes_out_as_text(web: FlaskClient, lab: Lab, ledger: Ledger) -> None:
    asked = lab.measure_claims("gil")[0].experiment
    ledger.experiments.save_nodes(asked.id, (made.node("desk"),))
    for result in made.results(asked):
        ledger.experiments.save_trial(replace(result, figures=None, failure=MARKUP))
    ledger.experiments.update(made.record(asked, State.FINISHED))
    page = web.get("/").text
    assert MARKUP not in page
    assert "&lt;img src=x" in part(page, "gil")


def test_the_still_picture_shows_the_numbers_in_the_address(web: FlaskClient) -> None:
    page = web.get("/?tasks=3&slots=2&cores=1&work=waiting").text
    assert page.count('<g class="task done"') == 4 * 3
    assert "<option selected>waiting</option>" in page
    assert "3 tasks are done after 60 ms in 1 slot" in page


def test_pictures_need_no_store(away: FlaskClient) -> None:
    answer = away.get("/guide/pictures.json?tasks=2&slots=1&cores=1&work=computing")
    assert answer.json is not None
    assert list(answer.json["pictures"]) == ["sequential", "threads", "gevent", "prefork"]
    assert "<svg" in answer.json["pictures"]["threads"]


def test_a_number_that_cannot_be_drawn_is_refused_with_its_bounds(web: FlaskClient) -> None:
    for field, value in [
        ("tasks", "0"),
        ("tasks", "13"),
        ("tasks", "-1"),
        ("tasks", "2.5"),
        ("tasks", ""),
        ("tasks", "²"),
        ("tasks", "9" * 5000),
        ("slots", "9"),
        ("slots", MARKUP),
        ("cores", "1e3"),
        ("work", "sleeping"),
        ("work", MARKUP),
    ]:
        for path in ["/", "/guide/pictures.json"]:
            answer = web.get(path, query_string={field: value})
            assert answer.status_code == 422, (path, value)
            assert field in answer.text and "must be" in answer.text
            assert answer.mimetype == "application/json" or MARKUP not in answer.text


def test_all_that_is_wrong_is_reported_at_once(web: FlaskClient) -> None:
    answer = web.get("/guide/pictures.json?tasks=0&slots=99&work=x")
    assert answer.json is not None
    assert [one["field"] for one in answer.json["error"]["problems"]] == ["tasks", "slots", "work"]


def test_the_guide_states_that_every_process_starts_with_a_main_thread(web: FlaskClient) -> None:
    page = web.get("/").text
    assert "Every process starts with one thread, its main thread" in page
    assert "a pipe, a queue or shared memory" in page
