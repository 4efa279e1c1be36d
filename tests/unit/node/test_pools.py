"""A measured worker of every model, from its first task to its last: the stamps say the same of all four."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from concurrency_lab_inside.stamps import Outcome, Stamp
from services.analysis.trial.spans import SpanTable
from services.broker.contract import Place
from services.broker.redis import prefix
from services.core.models import Model
from services.core.trial import Sample
from services.node.sampler import sample
from services.store.connection import connect
from services.store.server import EmbeddedServer
from tests.unit.node import bodies
from tests.unit.node.rigs import rig, spec

SLOTS = 3
PINGS = 5
TASKS = 40
#: In the order in which they pass.
TIMES = (
    Stamp.PUBLISHED,
    Stamp.RECEIVED,
    Stamp.HANDED_OVER,
    Stamp.STARTED,
    Stamp.FINISHED,
    Stamp.STORED,
    Stamp.RETURNED,
)


@dataclass(frozen=True, kw_only=True)
class Played:
    """What is known of a worker after it has done everything once."""

    model: Model
    slots: int
    facts: dict[str, Any]
    warm: SpanTable
    pings: SpanTable
    tasks: SpanTable
    #: Tasks that a slot had begun before the queue was opened.
    early: int
    memory: Sample
    pid: int
    #: What its keys in the store begin with, those that were there while it ran, and those that it left.
    prefix: str
    kept: list[str]
    left: list[str]

    @property
    def spans(self) -> tuple[SpanTable, ...]:
        return self.warm, self.pings, self.tasks


@pytest.fixture(scope="module", params=list(Model))
def played(request: pytest.FixtureRequest, server: EmbeddedServer) -> Played:
    model: Model = request.param
    slots = 1 if model is Model.SEQUENTIAL else SLOTS
    asked = spec(bodies.nap, model, slots, milliseconds=10)
    with connect(server.url) as client:
        client.flushdb()
        with rig(server, asked) as worker:
            warm, facts, pings = worker.warm(slots), worker.facts(), worker.ping(PINGS)
            tasks = worker.fill(TASKS)
            early = worker.spans.count(tasks, Stamp.RECEIVED)
            memory = sample(worker.worker.pid)
            worker.open()
            worker.wait(tasks, pause=0.002)
            worker.check(tasks)
            kept = [str(key) for key in client.scan_iter()]
            table = worker.table()
            pid = worker.worker.pid
        left = [str(key) for key in client.scan_iter()]
    return Played(
        model=model,
        slots=slots,
        facts=facts,
        warm=table.part(warm.start, warm.stop),
        pings=table.part(pings.start, pings.stop),
        tasks=table.part(tasks.start, tasks.stop),
        early=early,
        memory=memory,
        pid=pid,
        prefix=prefix(Place(attempt=asked.attempt, share=asked.share)),
        kept=kept,
        left=left,
    )


def times(spans: SpanTable) -> NDArray[np.int64]:
    """A row a task, a column for each of TIMES."""
    return spans.rows[:, TIMES]


def test_every_stamp_of_every_task_is_later_than_the_one_before(played: Played) -> None:
    for spans in played.spans:
        assert (times(spans) > 0).all()
        assert (np.diff(times(spans), axis=1) >= 0).all()


def test_every_phase_has_as_many_tasks_as_were_asked_for_and_each_ran_once_and_well(played: Played) -> None:
    assert [len(spans) for spans in played.spans] == [played.slots, PINGS, TASKS]
    for spans in played.spans:
        assert set(spans.starts) == {1}
        assert set(spans.outcome) == {Outcome.OK}


def test_in_the_warm_up_every_slot_has_begun_before_any_body_ends(played: Played) -> None:
    assert played.warm.started.max() <= played.warm.finished.min()


def test_the_slots_are_what_the_model_says(played: Played) -> None:
    processes, threads = set(played.tasks.pid), set(played.tasks.thread)
    if played.model is Model.PREFORK:
        assert len(processes) == SLOTS and played.pid not in processes
    else:
        assert processes == {played.pid}
        assert len(threads) == (SLOTS if played.model is Model.THREADS else 1)


def test_as_many_tasks_are_in_slots_at_once_as_there_are_slots(played: Played) -> None:
    begun, ended = np.sort(played.tasks.started), np.sort(played.tasks.finished)
    at_once = max(int((begun <= moment).sum() - (ended < moment).sum()) for moment in begun)
    assert at_once == played.slots


def test_a_body_takes_its_time_and_a_ping_none(played: Played) -> None:
    assert played.tasks.body.min() >= 0.010
    assert np.median(played.pings.body) < 0.005


def test_pings_are_sent_one_after_the_other(played: Played) -> None:
    assert (played.pings.published[1:] >= played.pings.returned[:-1]).all()


def test_no_task_is_seen_by_the_worker_before_its_queue_is_open(played: Played) -> None:
    assert played.early == 0
    assert played.tasks.received.min() > played.tasks.published.max()


def test_a_body_that_sleeps_uses_next_to_no_cpu(played: Played) -> None:
    assert played.tasks.cpu.min() > 0
    # What other greenlets do meanwhile is counted as its own.
    assert played.model is Model.GEVENT or np.median(played.tasks.cpu) < 5_000_000


def test_the_worker_states_what_its_slots_run_on(played: Played) -> None:
    assert {"python", "celery", "kombu", "gil", "hiredis", "acks_late", "prefetch"} <= set(played.facts)
    assert played.facts["gil"] is True
    assert played.facts["hiredis"] is False


def test_every_process_of_the_worker_is_sampled(played: Played) -> None:
    children = SLOTS if played.model is Model.PREFORK else 0
    assert played.memory.processes >= 1 + children
    assert 5_000_000 < played.memory.uss <= played.memory.pss <= played.memory.rss


def test_the_worker_keeps_all_it_has_under_its_own_prefix_and_leaves_nothing(played: Played) -> None:
    assert len(played.kept) > TASKS
    assert not [key for key in played.kept if not key.startswith(played.prefix)]
    assert played.left == []
