"""A made-up span table of a busy prefork worker, for cases that are too slow to measure often."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from concurrency_lab_inside.stamps import COLUMNS, Outcome, Stamp
from services.analysis.trial.spans import SpanTable
from services.core.trial import Facts, NodeTrial, Phases, Sample
from services.core.units import Seconds
from services.node.measurement import NO_USAGE

SLOTS = 4
PINGS = 100
#: Tasks per slot that wait in the main process.
PREFETCHED = 4
MICROSECOND = 1_000
#: Clock at the opening of the queue, ns: an uptime of a day.
OPENED = 86_400 * 1_000_000_000
#: A body's median length and the sigma of its logarithm: most are similar, a few take several times as long.
BODY, SPREAD = 2_000 * MICROSECOND, 0.35


def span_table(count: int, *, seed: int) -> SpanTable:
    """Return PINGS empty tasks one after another, then a full queue for SLOTS slots: `count` tasks in all."""
    source = np.random.default_rng(seed)
    rows: NDArray[np.int64] = np.zeros((count, COLUMNS), dtype=np.int64)
    _pings(rows[:PINGS], source)
    _queue(rows[PINGS:], source)
    rows[:, Stamp.STARTS] = 1
    rows[:, Stamp.OUTCOME] = Outcome.OK
    return SpanTable(rows)


def _pings(rows: NDArray[np.int64], source: np.random.Generator) -> None:
    rows[:, Stamp.PUBLISHED] = OPENED - 10**9 + np.arange(len(rows)) * 2_000 * MICROSECOND
    steps = {
        Stamp.RECEIVED: 300,
        Stamp.HANDED_OVER: 60,
        Stamp.STARTED: 250,
        Stamp.FINISHED: 10,
        Stamp.STORED: 400,
        Stamp.RETURNED: 200,
    }
    at = rows[:, Stamp.PUBLISHED]
    for stamp, microseconds in steps.items():
        at = at + _about(microseconds, len(rows), source)
        rows[:, stamp] = at
    _slots(rows, np.zeros(len(rows), dtype=np.int64))


def _queue(rows: NDArray[np.int64], source: np.random.Generator) -> None:
    """Slots take turns, each at its own pace; rows are in the order in which they began."""
    count = len(rows)
    slot = np.arange(count) % SLOTS
    out, body = _about(250, count, source), (BODY * source.lognormal(0, SPREAD, count)).astype(np.int64)
    storing, back = _about(400, count, source), _about(200, count, source)
    started = np.empty(count, dtype=np.int64)
    for one in range(SLOTS):
        mine = slot == one
        cycle = np.cumsum((out + body + storing + back)[mine])
        started[mine] = OPENED + out[mine][0] + np.concatenate(([0], cycle[:-1]))
    order = np.argsort(started, kind="stable")
    started, slot, out, body, storing, back = (column[order] for column in (started, slot, out, body, storing, back))
    rows[:, Stamp.PUBLISHED] = OPENED - 10**9 + np.arange(count) * 100
    rows[:, Stamp.RECEIVED] = np.maximum(OPENED, started - out - PREFETCHED * BODY)
    rows[:, Stamp.HANDED_OVER] = np.maximum(rows[:, Stamp.RECEIVED], started - out)
    rows[:, Stamp.STARTED] = started
    rows[:, Stamp.FINISHED] = started + body
    rows[:, Stamp.STORED] = started + body + storing
    rows[:, Stamp.RETURNED] = started + body + storing + back
    rows[:, Stamp.CPU] = (body * source.uniform(0.9, 1.0, count)).astype(np.int64)
    _slots(rows, slot)


def _slots(rows: NDArray[np.int64], slot: NDArray[np.int64]) -> None:
    """Write one process per slot into the rows, each with one thread."""
    rows[:, Stamp.PID] = rows[:, Stamp.THREAD] = 4_000 + slot


def _about(microseconds: int, count: int, source: np.random.Generator) -> NDArray[np.int64]:
    """Mostly near, now and then far above."""
    return (microseconds * MICROSECOND * source.lognormal(0, 0.3, count)).astype(np.int64)


def node_trial(packed: str, count: int) -> NodeTrial:
    """Return the share of a node that measured the `count` spans of `span_table` that `packed` holds."""
    return NodeTrial(
        node="synthetic",
        boot="synthetic",
        facts=Facts(
            pool="prefork",
            python="",
            gil=True,
            hiredis=False,
            start_method="fork",
            prefetch_multiplier=4,
            acks_late=False,
            stores_results=True,
        ),
        phases=Phases(start=1.0, ping=0.2, calibrate=0.5, fill=1.0, saturate=1.0, stop=0.0),
        spans=packed,
        ping=(0, PINGS),
        saturate=(PINGS, count),
        opened=OPENED,
        scheduled=False,
        publisher_lag=0.0,
        reconnects=0,
        idle=_sample(0.0),
        samples=tuple(_sample(second * 0.2) for second in range(500)),
        usage=replace(NO_USAGE, user=1.0, system=0.1, others=0.1, sampler=0.01, broker=0.02, elapsed=1.0),
    )


def _sample(after: Seconds) -> Sample:
    return Sample(at=OPENED + int(after * 1e9), pss=100_000_000, uss=80_000_000, rss=200_000_000, processes=SLOTS + 1)
