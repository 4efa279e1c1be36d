"""What runs inside a measured worker, and what it costs."""

from __future__ import annotations

import json
import subprocess
import sys

import celery
import kombu
import pytest

from services.core.models import Model
from services.core.trial import Facts
from services.store.server import EmbeddedServer
from tests.integration import block

WHAT_IT_IMPORTS = """
import json, os, sys
from celery import maybe_patch_concurrency
import concurrency_lab_inside.start
from concurrency_lab_inside.stamps import ROW_BYTES
from concurrency_lab_inside import probe
from concurrency_lab_inside import table
from concurrency_lab_inside import task
from concurrency_lab_inside.app import Wiring, create_app
from concurrency_lab_inside.task_code import load
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
        "concurrency_lab_inside.task_code",
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
def facts(server: EmbeddedServer) -> dict[Model, Facts]:
    found = block.measured(server, window=0.1, workload="wait", params={"milliseconds": 5}, concurrency=[2])
    return {one.trial.cell.model: one.facts for one in found.results if one.facts}


def test_what_could_change_a_figure_is_recorded_with_every_trial(facts: dict[Model, Facts]) -> None:
    assert facts[Model.PREFORK] == Facts(
        pool="prefork",
        python=f"CPython {sys.version.split()[0]}",
        gil=True,
        hiredis=False,
        start_method="fork",
        prefetch_multiplier=4,
        acks_late=False,
        stores_results=True,
        shares_backend=False,
        result_connections=None,
        celery=celery.__version__,
        kombu=kombu.__version__,
    )
    assert facts[Model.SEQUENTIAL].pool == "solo"


def test_gevent_alone_shares_one_result_backend(facts: dict[Model, Facts]) -> None:
    assert [model for model, one in facts.items() if one.shares_backend] == [Model.GEVENT]


def test_gevent_alone_prefetches_without_a_limit(facts: dict[Model, Facts]) -> None:
    limits = {model: one.prefetch_multiplier for model, one in facts.items()}
    assert limits == {Model.SEQUENTIAL: 4, Model.THREADS: 4, Model.GEVENT: 0, Model.PREFORK: 4}


def test_prefork_costs_memory_per_slot_and_threads_do_not(server: EmbeddedServer) -> None:
    cells = block.measured(server, workload="wait", models=["threads", "prefork"], concurrency=[1, 4]).cells

    def peak(name: str) -> float:
        memory = cells[name].memory
        assert memory is not None
        return memory.pss.peak.estimate

    assert peak("prefork@4") - peak("prefork@1") > 10e6
    assert peak("threads@4") - peak("threads@1") < 10e6


def test_http_get_reaches_the_server_that_the_node_starts(server: EmbeddedServer) -> None:
    delayed = {"delay_milliseconds": 30}
    found = block.measured(server, workload="http_get", params=delayed, models=["threads", "gevent"], concurrency=[8])
    for cell in found.cells.values():
        assert cell.throughput is not None and cell.throughput.estimate > 60, cell.name
