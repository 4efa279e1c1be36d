"""Claims over REST."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient

from services.analysis.claims.catalogue import JUDGES
from services.core.experiment import State
from services.store.connection import Client
from services.store.experiments import Experiments
from tests.unit.dashboard import made

OPEN = {"standing": "not measured", "result": "", "lines": []}


def claim(web: FlaskClient, name: str) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {
        one["claim"]["name"]: one for one in web.get("/api/v1/claims").get_json()["claims"]
    }
    return found[name]


def experiment(told: dict[str, Any]) -> str:
    """The id of the one experiment behind a claim."""
    (only,) = told["experiments"]
    return str(only["id"])


def test_all_claims_are_reported_before_anything_is_measured(web: FlaskClient) -> None:
    told = web.get("/api/v1/claims").get_json()["claims"]
    assert [one["claim"]["name"] for one in told] == list(JUDGES)
    assert {one["judged"]["standing"] for one in told} == {"not measured"}


def test_measuring_a_claim_queues_its_experiment_and_states_where(web: FlaskClient) -> None:
    answer = web.post("/api/v1/claims/gil/measure")
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/experiments/{answer.get_json()['id']}"
    assert answer.get_json()["experiment"]["workload"] == "primes"


def test_a_claim_under_way_is_followed_and_its_siblings_with_it(web: FlaskClient) -> None:
    id = web.post("/api/v1/claims/gil/measure").get_json()["id"]
    for name in ("gil", "processes-run-in-parallel"):
        told = claim(web, name)
        assert (experiment(told), told["state"]) == (id, "queued")
        assert told["judged"] == OPEN


def test_a_claim_that_is_measured_again_is_judged_by_the_later_experiment(web: FlaskClient, store: Client) -> None:
    ledger = Experiments(store)
    first = web.post("/api/v1/claims/gil/measure").get_json()["id"]
    ledger.update(replace(ledger.get(first), state=State.FINISHED))
    second = web.post("/api/v1/claims/gil/measure").get_json()["id"]
    assert experiment(claim(web, "gil")) == second != first


def test_a_measured_claim_is_judged(web: FlaskClient, store: Client) -> None:
    ledger = Experiments(store)
    record = ledger.get(web.post("/api/v1/claims/gil/measure").get_json()["id"])
    ledger.save_nodes(record.experiment.id, (made.node("desk"),))
    for result in made.results(record.experiment):
        ledger.save_trial(result)
    assert claim(web, "gil")["judged"] == OPEN, "half an experiment says nothing"
    ledger.update(replace(record, state=State.FINISHED))
    assert "the work of one thread" in str(claim(web, "gil")["judged"])


def measured(web: FlaskClient, ledger: Experiments, state: State) -> str:
    id = str(web.post("/api/v1/claims/gil/measure").get_json()["id"])
    record = ledger.get(id)
    for result in made.results(record.experiment):
        ledger.save_trial(result)
    ledger.update(replace(record, state=state))
    return id


def test_cancelling_a_second_measurement_keeps_the_first(web: FlaskClient, store: Client) -> None:
    ledger = Experiments(store)
    first = measured(web, ledger, State.FINISHED)
    known = claim(web, "gil")
    assert experiment(known) == first
    for _ in range(2):
        measured(web, ledger, State.CANCELLED)
        assert claim(web, "gil") == known


def test_the_last_of_several_cancelled_measurements_is_shown(web: FlaskClient, store: Client) -> None:
    ledger = Experiments(store)
    measured(web, ledger, State.CANCELLED)
    second = measured(web, ledger, State.CANCELLED)
    told = claim(web, "gil")
    assert experiment(told) == second
    assert told["judged"] == OPEN | {"result": "Its experiment was cancelled."}


def test_a_claim_of_several_experiments_is_open_until_all_of_them_have_ended(web: FlaskClient, store: Client) -> None:
    ledger = Experiments(store)
    assert web.post("/api/v1/claims/threads-for-io/measure").status_code == 202
    told = claim(web, "threads-for-io")
    queued = {one["preset"]: one["id"] for one in told["experiments"]}
    assert (list(queued), told["state"]) == (["waiting", "HTTP", "files"], "queued")
    record = ledger.get(queued["waiting"])
    for result in made.results(record.experiment):
        ledger.save_trial(result)
    ledger.update(replace(record, state=State.FINISHED))
    told = claim(web, "threads-for-io")
    assert (told["state"], told["judged"]["standing"]) == ("running", "not measured")
    assert told["judged"]["result"] == "Still to be measured: HTTP and files."
    assert [bool(line["result"]) for line in told["judged"]["lines"]] == [True, False, False]


def test_a_claim_that_is_not_there_is_not_found(web: FlaskClient) -> None:
    answer = web.post("/api/v1/claims/<script>/measure")
    assert answer.status_code == 404
    assert "there is no claim" in answer.get_json()["error"]["message"]
