"""What a node answers to an order, and what it says of its machine."""

from __future__ import annotations

import math
import os
import platform
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
from celery._state import get_current_task

from services.core.codec import from_data, to_data
from services.core.models import Model
from services.core.reference_loop import Reference
from services.core.trial import NodeTrial, TrialSpec
from services.node import fingerprint
from services.node.agent import Agent
from services.node.orders import ABANDON, PREPARE, REFERENCE, SATURATE, add_orders, queue
from services.store import keys
from services.store.connection import Client, connect
from services.store.control_app import control_app
from services.store.durable import DurableServer
from services.store.nodes import Lease
from services.store.server import EmbeddedServer
from tests.unit.node import bodies
from tests.unit.node.desk import Desk
from tests.unit.node.rigs import spec
from workloads.contract import Workload


def answer(desk: Desk, order: str, argument: object) -> Any:
    """What the conductor gets back for it."""
    app = control_app("node", "redis://127.0.0.1:1/0")
    add_orders(app, desk.agent)
    return app.tasks[order](argument)


def wanted(desk: Desk, workload: Workload, **params: Any) -> TrialSpec:
    """A trial that a conductor wants to have measured."""
    asked = spec(workload, Model.PREFORK, 2, tasks=4, **params)
    desk.lease(asked).take()
    return asked


def test_orders_are_answered_with_what_the_agent_says(desk: Desk) -> None:
    asked = wanted(desk, bodies.nap)
    assert answer(desk, PREPARE, to_data(asked)) == {"answer": {"tasks": 4}}
    measured = answer(desk, SATURATE, asked.attempt)
    assert from_data(NodeTrial, measured["answer"]).failure == ""
    assert answer(desk, ABANDON, asked.attempt) == {"answer": None}


def test_the_reference_loop_is_measured_in_one_process_and_in_as_many_as_cores(desk: Desk) -> None:
    lease = Lease(desk.client, keys.lease("r"), "conductor")
    lease.take()
    said = from_data(Reference, answer(desk, REFERENCE, {"lease": "r", "block": 3})["answer"])
    cores = fingerprint.take(ledger="", broker=None).usable_cores
    assert (said.node, said.block, said.cores, said.processes) == ("desk", 3, cores, math.ceil(cores))
    assert said.one and said.several and said.missing == ""


def test_a_reference_that_no_conductor_waits_for_is_not_measured(desk: Desk) -> None:
    said = answer(desk, REFERENCE, {"lease": "r", "block": 3})
    assert said == {"trouble": "no conductor waits for the reference of block 3 any more"}


def test_a_measured_worker_is_ended_before_the_reference_is_measured(desk: Desk) -> None:
    asked = wanted(desk, bodies.nap)
    desk.prepare(asked)
    lease = Lease(desk.client, keys.lease("r"), "conductor")
    lease.take()
    answer(desk, REFERENCE, {"lease": "r", "block": 0})
    desk.nothing_is_left()


def test_a_trial_that_failed_is_answered_with_its_reason(desk: Desk) -> None:
    asked = wanted(desk, bodies.bad, how="division")
    said = answer(desk, PREPARE, to_data(asked))
    assert said == {"failure": "the workload raised ZeroDivisionError: seven by nothing", "lost": 0}


def test_a_trial_that_lost_tasks_is_answered_with_how_many(desk: Desk) -> None:
    asked = wanted(desk, bodies.bad, how="die")
    said = answer(desk, PREPARE, to_data(asked))
    assert said["lost"] == 2
    assert said["failure"].startswith("a slot died")


def test_what_is_no_fault_of_the_trial_is_not_blamed_on_it(desk: Desk) -> None:
    said = answer(desk, PREPARE, {"of": "another version"})
    assert list(said) == ["trouble"]
    assert said["trouble"].startswith("not a TrialSpec: ")


def test_a_store_that_is_away_is_not_blamed_on_the_trial(tmp_path: Path) -> None:
    with DurableServer(tmp_path) as server, connect(server.url) as client:
        desk = Desk(client, server.url)
        asked = wanted(desk, bodies.nap)
        server.kill()
        said = answer(desk, PREPARE, to_data(asked))
    assert list(said) == ["trouble"]
    assert said["trouble"].startswith("Redis does not answer: ")


def test_an_answer_does_not_list_the_tasks_that_were_published_for_it(store: Client, server: EmbeddedServer) -> None:
    app, requests = control_app("node", server.url), []

    def publishing(_: object) -> None:
        control_app("measured", server.url).send_task("work", queue="tasks", ignore_result=True)
        requests.append(get_current_task().request)

    agent = SimpleNamespace(prepare=publishing, saturate=publishing, abandon=publishing, reference=publishing)
    add_orders(app, cast(Agent, agent))
    app.tasks[PREPARE].apply(args=({},))
    assert store.llen(f"{keys.CONTROL}tasks") == 1
    assert requests[0].children == []


def test_every_node_has_a_queue_of_its_own() -> None:
    assert queue("a") == "node.a" != queue("b")


def test_a_node_states_what_could_change_a_figure() -> None:
    taken = fingerprint.take(ledger="valkey 9.1.2", broker="valkey 9.1.3")
    assert (taken.ledger, taken.broker) == ("valkey 9.1.2", "valkey 9.1.3")
    assert taken.cores == os.cpu_count()
    assert 1 <= taken.affinity == len(os.sched_getaffinity(0)) <= taken.cores
    assert 0 < taken.memory_limit <= psutil.virtual_memory().total
    assert taken.python == f"CPython {platform.python_version()}"
    assert taken.kernel.startswith("Linux ")
    assert taken.cpu_model and taken.cpu_model == taken.cpu_model.strip()
    assert len(taken.boot) == 36
    for version in (taken.celery, taken.kombu, taken.gevent):
        assert version[0].isdecimal() and "." in version
    assert fingerprint.take(ledger="valkey 9.1.2", broker="valkey 9.1.3") == taken
