"""The containers as a user starts them: built, scaled to two nodes, asked over REST."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.compose, pytest.mark.timeout(900)]

experiment = {
    "workload": "wait",
    "params": {"milliseconds": 20},
    "models": ["threads"],
    "concurrency": [2],
    "replicas": [1, 2],
    "repeats": 1,
    "effort": "quick",
}


def eventually(lab: httpx.Client, path: str, enough: Callable[[Any], bool], seconds: float) -> Any:
    """The first body of GET `path` that is enough. Until the deadline a lab may be away, or not there yet."""
    deadline = time.monotonic() + seconds
    last = "never asked"
    while time.monotonic() < deadline:
        try:
            answer = lab.get(path)
        except httpx.TransportError as error:
            last = repr(error)
        else:
            last = f"{answer.status_code} {answer.text}"
            if answer.is_success and enough(answer.json()):
                return answer.json()
        time.sleep(0.5)
    pytest.fail(f"GET {path}: not enough after {seconds} s, the last answer being {last}")


def names(body: dict[str, Any]) -> set[str]:
    return {node["name"] for node in body["nodes"]}


def test_two_scaled_containers_measure_one_experiment_together(lab: httpx.Client) -> None:
    eventually(lab, "/api/v1/health", lambda _: True, 120)
    nodes = names(eventually(lab, "/api/v1/nodes", lambda body: len(names(body)) == 2, 60))

    accepted = lab.post("/api/v1/experiments", json=experiment)
    assert accepted.status_code == 202, accepted.text
    report = eventually(lab, accepted.headers["Location"], lambda body: body["state"] not in {"queued", "running"}, 180)

    assert report["state"] == "finished", report
    assert names(report["environment"]) == nodes
    assert sorted(cell["replicas"] for cell in report["cells"]) == [1, 2]
    assert all(cell["throughput"]["median"] > 0 for cell in report["cells"]), report["cells"]
