"""Claims whose answer is known for certain: what tasks return decides, so other tests may run at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from services.analysis.claims.catalogue import JUDGES
from services.core.claims import Standing
from services.planning import presets
from services.store.server import EmbeddedServer
from tests.integration import block
from tests.live import LiveLab, until

#: Both rest on one preset. No machine can make them come out otherwise.
CERTAIN = ("threads-share-memory", "processes-separate-memory")


def lab(live_lab: LiveLab, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "services.cli", *arguments],
        env=live_lab.environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def measured(live_lab: LiveLab) -> dict[str, dict[str, Any]]:
    said = lab(live_lab, "claims", *CERTAIN, "--json")
    assert said.returncode == 0, said.stderr
    return {one["claim"]["name"]: one for one in json.loads(said.stdout)["claims"]}


@pytest.mark.parametrize("name", CERTAIN)
def test_a_claim_that_must_hold_holds(measured: dict[str, dict[str, Any]], name: str) -> None:
    assert measured[name]["judged"]["standing"] == "holds", measured[name]["judged"]["result"]


@pytest.mark.parametrize(("preset", "name"), [("counting", "threads-race"), ("dying", "processes-isolate-faults")])
def test_a_claim_that_must_hold_holds_after_a_single_block(server: EmbeddedServer, preset: str, name: str) -> None:
    found = block.measured(server, window=1.0, **presets.body(preset) | {"repeats": 1})
    judged = JUDGES[name].judge(found.results, found.report)
    assert judged.standing is Standing.HOLDS, judged.result


def test_claims_of_one_preset_rest_on_one_experiment(measured: dict[str, dict[str, Any]]) -> None:
    assert measured["threads-share-memory"]["experiments"] == measured["processes-separate-memory"]["experiments"]


def test_rest_reports_the_same(measured: dict[str, dict[str, Any]], live_lab: LiveLab) -> None:
    told = {one["claim"]["name"]: one for one in live_lab.web.get("/api/v1/claims").json()["claims"]}
    assert {name: told[name] for name in CERTAIN} == measured


def test_what_is_known_is_shown_without_measuring(measured: dict[str, dict[str, Any]], live_lab: LiveLab) -> None:
    before = len(live_lab.web.get("/api/v1/experiments").json()["experiments"])
    said = lab(live_lab, "claims", "--show")
    assert "holds              Threads share memory." in said.stdout
    assert "not measured       The GIL prevents true parallelism" in said.stdout
    assert len(live_lab.web.get("/api/v1/experiments").json()["experiments"]) == before


def test_a_claim_asked_for_twice_is_measured_once(live_lab: LiveLab) -> None:
    first, second = (live_lab.web.post("/api/v1/claims/gil/measure") for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    id = first.json()["id"]
    assert second.json()["id"] == id
    live_lab.web.post(f"/api/v1/experiments/{id}/cancel")
    until(lambda: live_lab.report(id)["state"] == "cancelled", seconds=30)


def test_a_claim_that_is_not_there_is_named(live_lab: LiveLab) -> None:
    said = lab(live_lab, "claims", "gill")
    assert said.returncode == 2
    assert "there is no claim 'gill'" in said.stderr and "threads-share-memory" in said.stderr
    assert live_lab.web.post("/api/v1/claims/gill/measure").status_code == 404
