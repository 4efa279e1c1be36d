"""What runs inside a measured worker, and what it costs."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.live import LiveLab

WHAT_IT_IMPORTS = """
import json, os, sys
from celery import maybe_patch_concurrency
import concurrency_lab_inside.start
from concurrency_lab_inside.stamps import ROW_BYTES
from concurrency_lab_inside import probe
from concurrency_lab_inside import table
from concurrency_lab_inside import task
from concurrency_lab_inside.app import Wiring, create_app
from concurrency_lab_inside.load import load
app = create_app(Wiring(address="redis://127.0.0.1:1/0", options={}, queue="q", prefetch=0), stores_results=True)
os.truncate(file := os.memfd_create("spans"), 10 * ROW_BYTES)
task.add_tasks(app, load("workloads.builtin.python:primes"), table.SpanColumns(file))
app.backend
print(json.dumps(sorted(sys.modules)))
"""


def test_it_imports_celery_the_workload_and_the_probe_and_nothing_else_of_the_lab() -> None:
    said = subprocess.run([sys.executable, "-c", WHAT_IT_IMPORTS], capture_output=True, text=True, check=True)
    modules = json.loads(said.stdout)
    ours = {
        name
        for name in modules
        if name.split(".")[0] in ("concurrency_lab_inside", "services", "dashboard", "workloads")
    }
    assert ours == {
        "concurrency_lab_inside.parent",
        "concurrency_lab_inside.stamps",
        "concurrency_lab_inside",
        "concurrency_lab_inside.app",
        "concurrency_lab_inside.load",
        "concurrency_lab_inside.probe",
        "concurrency_lab_inside.slot",
        "concurrency_lab_inside.start",
        "concurrency_lab_inside.table",
        "concurrency_lab_inside.task",
        "workloads",
        "workloads.builtin",
        "workloads.builtin.python",
        "workloads.contract",
    }
    heavy = {"numpy", "pydantic", "psutil", "scipy", "flask", "plotly", "rich", "httpx", "hiredis", "gevent"}
    assert not heavy & set(modules)


@pytest.fixture(scope="module")
def facts(live_lab: LiveLab) -> dict[str, dict[str, Any]]:
    cells = live_lab.measure("wait", params={"milliseconds": 5}, concurrency=[2], repeats=1)
    return {cell["model"]: cell["facts"] for cell in cells.values()}


def test_what_could_change_a_figure_is_recorded_with_every_trial(facts: dict[str, dict[str, Any]]) -> None:
    python = sys.version.split()[0]
    assert facts["prefork"] == {
        "pool": "prefork",
        "python": f"CPython {python}",
        "gil": True,
        "hiredis": False,
        "start_method": "fork",
        "prefetch_multiplier": 4,
        "acks_late": False,
        "stores_results": True,
        "shares_backend": False,
        "result_connections": None,
    }
    assert facts["sequential"]["pool"] == "solo"


def test_gevent_alone_shares_one_result_backend(facts: dict[str, dict[str, Any]]) -> None:
    assert [model for model, one in facts.items() if one["shares_backend"]] == ["gevent"]


def test_gevent_alone_prefetches_without_a_limit(facts: dict[str, dict[str, Any]]) -> None:
    limits = {model: one["prefetch_multiplier"] for model, one in facts.items()}
    assert limits == {"sequential": 4, "threads": 4, "gevent": 0, "prefork": 4}
