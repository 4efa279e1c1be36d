"""Redis is not there: everything says so, nothing crashes, and all is well once it is back."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from services.core.experiment import State
from services.store.connection import connect
from services.store.durable import DurableServer
from tests.unit.dashboard import made
from tests.unit.dashboard.labs import ask, lab_at
from tests.unit.dashboard.ledger import Ledger


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/experiments"),
        ("GET", "/experiments/0a1b2c3d"),
        ("POST", "/experiments/0a1b2c3d/cancel"),
        ("GET", "/nodes"),
    ],
)
def test_pages_answer_503_with_the_reason_and_a_way_to_try_again(away: FlaskClient, method: str, path: str) -> None:
    answer = away.open(path, method=method)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Redis does not answer" in answer.text and "Try again" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/experiments"),
        ("POST", "/api/v1/experiments"),
        ("GET", "/api/v1/experiments/0a1b2c3d"),
        ("POST", "/api/v1/experiments/0a1b2c3d/cancel"),
        ("GET", "/api/v1/nodes"),
        ("GET", "/experiments/0a1b2c3d/figures.json"),
    ],
)
def test_rest_answers_503_with_the_reason(away: FlaskClient, method: str, path: str) -> None:
    answer = away.open(path, method=method, json={"workload": "primes"} if method == "POST" else None)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json is not None
    assert answer.json["error"]["kind"] == "store_unreachable"
    assert "Redis does not answer" in answer.json["error"]["message"]


def test_health_states_what_is_wrong(away: FlaskClient) -> None:
    answer = away.get("/api/v1/health")
    assert answer.status_code == 503
    assert answer.json is not None
    assert not answer.json["store"] and "Redis does not answer" in answer.json["reason"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_form_keeps_what_was_typed(away: FlaskClient, method: str) -> None:
    fields = {"workload": "primes", "models": "threads", "concurrency": "1, 2, 3"}
    answer = ask(away, method, fields)
    assert answer.status_code == 503
    assert "Redis does not answer" in answer.text
    assert 'value="1, 2, 3"' in answer.text


def test_bad_input_is_told_apart_from_a_store_that_is_away(away: FlaskClient) -> None:
    assert away.post("/api/v1/experiments", json={"workload": "nothing"}).status_code == 422


def test_workloads_need_no_store(away: FlaskClient) -> None:
    assert away.get("/api/v1/workloads").status_code == 200


def test_a_store_that_comes_back_is_used_again(tmp_path: Path) -> None:
    with DurableServer(tmp_path) as server, lab_at(server.url) as lab:
        web = create_app(lab).test_client()
        assert web.post("/api/v1/experiments", json={"workload": "primes"}).status_code == 202
        server.stop()
        assert web.get("/experiments").status_code == 503
        assert web.post("/api/v1/experiments", json={"workload": "primes"}).status_code == 503
        server.start()
        listed = web.get("/api/v1/experiments").json
        assert listed is not None and len(listed["experiments"]) == 1


def test_a_full_store_is_named_and_not_the_conductor_and_node_that_cannot_announce_themselves(tmp_path: Path) -> None:
    with DurableServer(tmp_path) as server, lab_at(server.url) as lab, connect(server.url) as client:
        Ledger(client).keep(made.experiment(), [], state=State.RUNNING)
        client.config_set("maxmemory", 1)
        web = create_app(lab).test_client()
        health = web.get("/api/v1/health")
        assert health.status_code == 503 and health.json is not None
        assert not health.json["store"]
        assert "used memory > 'maxmemory'" in health.json["reason"]
        for path in ("/experiments", "/experiments/0a1b2c3d"):
            page = web.get(path).text
            assert "The store cannot be used" in page and "maxmemory" in page
            assert "No conductor is running" not in page and "No node is running" not in page
