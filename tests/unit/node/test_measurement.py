"""The phases of one share, played on a real worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from concurrency_lab_inside.stamps import Outcome
from services.analysis.trial import spans
from services.broker.redis import RedisBroker
from services.core.errors import BrokerUnreachable, TrialFailed
from services.core.models import Model
from services.core.trial import NodeTrial, TrialSpec
from services.node.measurement import Measurement, whole_waves
from services.node.rig import Rig
from services.store.connection import connect
from services.store.server import EmbeddedServer
from tests.live import until
from tests.unit.node import bodies
from tests.unit.node.rigs import spec
from workloads.builtin.messaging import echo
from workloads.builtin.waiting import wait


@contextmanager
def measuring(server: EmbeddedServer, asked: TrialSpec) -> Iterator[tuple[Measurement, list[Rig], list[str]]]:
    """A measurement, its rig once it has one, and the phases that it says it is in."""
    rigs: list[Rig] = []
    said: list[str] = []

    def rig(one: TrialSpec) -> Rig:
        rigs.append(Rig(one, broker=RedisBroker(server.url)))
        return rigs[-1]

    measurement = Measurement(asked, rig, said.append)
    try:
        yield measurement, rigs, said
    finally:
        measurement.end()


def seconds(share: NodeTrial) -> float:
    """Length of the saturate window."""
    tasks = spans.unpack(share.spans).part(*share.saturate)
    return float(tasks.finished.max() - tasks.started.min()) / 1e9


@pytest.mark.parametrize(
    ("tasks", "slots", "whole"),
    [(1, 1, 2), (0, 4, 8), (8, 4, 8), (9, 4, 12), (100, 16, 112), (96, 16, 96), (1, 64, 128)],
)
def test_every_slot_gets_as_many_tasks_as_any_other_and_at_least_two(tasks: int, slots: int, whole: int) -> None:
    assert whole_waves(tasks, slots) == whole


@pytest.mark.parametrize(("workload", "params"), [(bodies.nap, {"milliseconds": 4}), (echo, {})], ids=["nap", "echo"])
def test_a_trial_whose_rate_is_not_known_is_calibrated_to_its_window(
    server: EmbeddedServer, workload: Any, params: dict[str, Any]
) -> None:
    asked = spec(workload, Model.THREADS, 2, **params)
    with measuring(server, asked) as (measurement, _, said):
        prepared = measurement.prepare()
        share = measurement.saturate(node="desk", boot="b")
    assert said == ["start", "ping", "calibrate", "fill", "saturate", "stop"]
    assert share.saturate[1] - share.saturate[0] == prepared.tasks
    assert prepared.tasks % 2 == 0
    assert asked.window * 0.3 < seconds(share) < asked.window * 5
    assert share.ping[1] - share.ping[0] == asked.pings
    assert share.ping[0] == 2, "the warm-up comes first"


def test_a_trial_whose_number_of_tasks_is_known_is_not_calibrated(server: EmbeddedServer) -> None:
    with measuring(server, spec(bodies.nap, Model.THREADS, 2, tasks=7, milliseconds=1)) as (measurement, _, _):
        assert measurement.prepare().tasks == 8
        share = measurement.saturate(node="desk", boot="b")
    table = spans.unpack(share.spans)
    assert len(table) == 2 + 5 + 8
    assert set(table.outcome) == {Outcome.OK}
    assert share.failure == ""
    assert share.usage.voluntary_switches > 0
    assert 0 < share.usage.broker < seconds(share) + 1
    assert share.facts.pool == "threads" and share.facts.prefetch_multiplier == 4


def test_what_cannot_be_prepared_leaves_nothing_running(server: EmbeddedServer) -> None:
    with measuring(server, spec(bodies.bad, Model.PREFORK, 2, how="division")) as (measurement, rigs, said):
        with pytest.raises(TrialFailed, match="ZeroDivisionError: seven by nothing"):
            measurement.prepare()
        assert said == ["start"]
        until(lambda: not psutil.pid_exists(rigs[0].worker.pid), seconds=10)
        with pytest.raises(TrialFailed, match="is not prepared here"):
            measurement.saturate(node="desk", boot="b")


def test_a_worker_that_dies_before_its_queue_opens_is_reported_in_the_answer(server: EmbeddedServer) -> None:
    with measuring(server, spec(bodies.nap, Model.THREADS, 2, tasks=10)) as (measurement, rigs, _):
        measurement.prepare()
        psutil.Process(rigs[0].worker.pid).kill()
        share = measurement.saturate(node="desk", boot="b")
    assert "killed by SIGKILL" in share.failure
    assert spans.unpack(share.spans).part(*share.saturate).lost.sum() == 10
    assert share.samples == ()


def test_a_worker_that_died_is_reported_also_when_the_broker_reports_no_cpu_time(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_: RedisBroker) -> float:
        if readings:
            raise BrokerUnreachable("Redis cannot serve the lab")
        readings.append(0.0)
        return 0.0

    readings: list[float] = []
    monkeypatch.setattr(RedisBroker, "cpu", silent)
    with measuring(server, spec(bodies.nap, Model.THREADS, 2, tasks=10)) as (measurement, rigs, _):
        measurement.prepare()
        psutil.Process(rigs[0].worker.pid).kill()
        assert "killed by SIGKILL" in measurement.saturate(node="desk", boot="b").failure
    assert not any(thread.name == "sampler" for thread in threading.enumerate())


def test_a_body_that_takes_longer_than_the_window_is_measured_twice_in_every_slot(server: EmbeddedServer) -> None:
    with measuring(server, spec(bodies.nap, Model.THREADS, 2, milliseconds=300)) as (measurement, _, _):
        assert measurement.prepare().tasks == 4


def test_a_body_that_takes_many_windows_is_not_run_by_a_pilot(server: EmbeddedServer) -> None:
    with measuring(server, spec(bodies.nap, Model.THREADS, 2, milliseconds=900, pings=3)) as (measurement, rigs, _):
        assert measurement.prepare().tasks == 4
        assert len(rigs[0].table()) == 2 + 3 + 4, "warm-up, pings, saturate"


def test_a_broker_that_is_lost_during_the_window_fails_the_trial_with_the_reason(tmp_path: Path) -> None:
    asked = spec(bodies.nap, Model.THREADS, 2, tasks=400, milliseconds=50)
    with EmbeddedServer(tmp_path) as server:

        def lose(phase: str) -> None:
            if phase == "saturate":
                server.kill()
                server.start()

        measurement = Measurement(asked, lambda one: Rig(one, broker=RedisBroker(server.url)), lose)
        try:
            measurement.prepare()
            share = measurement.saturate(node="a", boot="one")
        finally:
            measurement.end()
    assert share.failure.startswith("the broker under test")


def test_a_broker_that_hangs_during_the_window_is_noticed(server: EmbeddedServer) -> None:
    asked = spec(wait, Model.THREADS, 1, tasks=10, milliseconds=5)
    with connect(server.url) as other:

        def hang(phase: str) -> None:
            if phase == "saturate":
                other.client_pause(600, all=True)

        measurement = Measurement(asked, lambda one: Rig(one, broker=RedisBroker(server.url)), hang)
        try:
            measurement.prepare()
            share = measurement.saturate(node="a", boot="one")
        finally:
            measurement.end()
    assert share.failure == ""
    assert share.broker_wait is not None and share.broker_wait > 0.3
