from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from services.core.codec import to_data
from services.core.experiment import State
from services.lab.door import Lab
from services.store import keys
from services.store.connection import Client
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger
from workloads.registry import discover

ASKED = {
    "workload": "primes",
    "params": {"limit": 5000},
    "models": ["threads", "prefork"],
    "concurrency": [1, 2],
    "replicas": [1],
    "repeats": 2,
    "effort": "quick",
}


def test_submitting_answers_where_the_experiment_is_and_how_it_stands(web: FlaskClient) -> None:
    answer = web.post("/api/v1/experiments", json=ASKED)
    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.headers["Location"] == f"/api/v1/experiments/{answer.json['id']}"
    assert answer.json["state"] == "queued"
    assert answer.json["progress"] == {"done": 0, "total": 8, "seconds_left": None, "now": None, "cancelling": False}
    assert answer.json["experiment"]["params"] == {"limit": 5000}
    report = {name: value for name, value in answer.json.items() if name != "forecast"}
    assert web.get(answer.headers["Location"]).json == report


def test_a_finished_experiment_is_shown_as_its_report(web: FlaskClient, lab: Lab, ledger: Ledger) -> None:
    ledger.finished()
    shown = web.get("/api/v1/experiments/0a1b2c3d").json
    assert shown == to_data(lab.report("0a1b2c3d"))
    assert list(shown)[:3] == ["id", "state", "reason"], "the order of the report is kept"
    cell = shown["cells"][-1]
    assert cell["throughput"]["low"] <= cell["throughput"]["estimate"] <= cell["throughput"]["high"]
    assert set(cell["memory"]) == {"pss", "uss", "rss"}


def test_experiments_are_listed_newest_first(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    web.post("/api/v1/experiments", json=ASKED)
    listed = web.get("/api/v1/experiments").json
    assert listed is not None
    assert [line["record"]["state"] for line in listed["experiments"]] == ["queued", "finished"]
    assert listed["experiments"][1]["progress"]["done"] == 30


def test_cancelling_is_left_as_word_for_the_conductor(web: FlaskClient, ledger: Ledger) -> None:
    id = web.post("/api/v1/experiments", json=ASKED).headers["Location"].rpartition("/")[2]
    answer = web.post(f"/api/v1/experiments/{id}/cancel")
    assert answer.status_code == 202
    assert answer.json is not None and answer.json["id"] == id
    assert ledger.experiments.cancel_asked(id)


@pytest.mark.parametrize("state", [State.FINISHED, State.FAILED, State.CANCELLED])
def test_what_has_ended_cannot_be_cancelled(web: FlaskClient, ledger: Ledger, state: State) -> None:
    ledger.keep(made.experiment(), [], state=state)
    answer = web.post("/api/v1/experiments/0a1b2c3d/cancel")
    assert answer.status_code == 409
    assert answer.json is not None and answer.json["error"]["kind"] == "conflict"


def test_every_workload_is_described_with_its_parameters(web: FlaskClient) -> None:
    listed = web.get("/api/v1/workloads").json
    assert listed is not None
    assert [one["name"] for one in listed["workloads"]] == list(discover())
    primes = next(one for one in listed["workloads"] if one["name"] == "primes")
    assert primes["gil"] == "held" and primes["description"]
    limit = primes["parameters"][0]
    assert limit["name"] == "limit" and limit["low"] <= limit["default"] <= limit["high"]


def test_nodes_are_shown_with_their_fingerprint(web: FlaskClient, ledger: Ledger) -> None:
    assert web.get("/api/v1/nodes").json == {"nodes": []}
    ledger.nodes.announce(made.node("desk", quota=2.0))
    assert web.get("/api/v1/nodes").json == {"nodes": [to_data(made.node("desk", quota=2.0))]}


def test_health_states_which_parts_are_there(web: FlaskClient, ledger: Ledger) -> None:
    answer = web.get("/api/v1/health")
    assert answer.status_code == 200
    missing = {
        "store": True,
        "reason": "",
        "conductor": False,
        "nodes": 0,
        "set_aside": {},
        "damages": [],
        "healthy": False,
    }
    assert answer.json == missing
    ledger.open()
    assert web.get("/api/v1/health").json == missing | {"conductor": True, "nodes": 1, "healthy": True}


def test_a_queued_record_that_cannot_be_read_can_be_cancelled_and_is_named(
    web: FlaskClient, ledger: Ledger, store: Client
) -> None:
    ledger.keep(made.experiment(), [], state=State.QUEUED)
    store.set(keys.experiment("0a1b2c3d"), "garbage")
    answer = web.post("/api/v1/experiments/0a1b2c3d/cancel")
    assert answer.status_code == 409
    assert "the record of experiment 0a1b2c3d cannot be read: it has left the queue" in answer.text
    assert ledger.experiments.open() == ()
    health = web.get("/api/v1/health").json
    assert health is not None and list(health["set_aside"]) == ["0a1b2c3d"]
    assert "1 record could not be read" in " ".join(web.get("/experiments").text.replace("</b>", "").split())


def test_what_is_known_before_a_run_is_answered_alone_and_with_a_submitted_experiment(web: FlaskClient) -> None:
    asked = {"workload": "wait", "models": ["threads", "prefork"], "concurrency": [16]}
    before = web.post("/api/v1/experiments/plan", json=asked).get_json()
    assert (before["trials"], before["memory_cell"], before["scatter_from"]) == (6, "prefork@16", 0)
    assert 0.03 < before["difference"] < 0.5 and 10 < before["seconds"] < 60
    assert web.post("/api/v1/experiments", json=asked).get_json()["forecast"] == before
    assert web.post("/api/v1/experiments/plan", json={"workload": "sleep"}).status_code == 422


def test_more_replicas_than_nodes_are_refused_with_the_number(web: FlaskClient, ledger: Ledger) -> None:
    assert web.post("/api/v1/experiments", json=ASKED | {"replicas": [16]}).status_code == 202, "no node is there yet"
    ledger.open()
    answer = web.post("/api/v1/experiments", json=ASKED | {"replicas": [1, 16]})
    assert answer.status_code == 422
    assert answer.json is not None
    (problem,) = answer.json["error"]["problems"]
    assert (problem["field"], problem["value"]) == ("replicas", 16)
    assert problem["allowed"].startswith("must be at most 1: 1 node is there (")
