"""The way of tasks through a worker: cost of carrying, breakdown of time, and consistency of the stamps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.analysis.trial.shares import Boot, Share
from services.analysis.trial.spans import SpanTable
from services.core.figures import Breakdown, Carriage
from services.core.units import NANOSECOND, Seconds


def carried(ping: SpanTable) -> SpanTable:
    """Return the tasks with all stamps: into a slot, and their outcome back to the main process."""
    stamps = (ping.handed_over, ping.started, ping.stored, ping.returned)
    return ping.where(np.logical_and.reduce([stamp != 0 for stamp in stamps]))


def handover_cost(ping: SpanTable) -> Seconds:
    """Return the median cost of carrying one task into a slot and its outcome back.

    Takes ping spans only: with more than one task in flight, queueing is in it. Tasks that never returned are left
    out. Raises ValueError if none returned.
    """
    there = _returned(ping)
    return _median(there.out + there.back)


def carriage(ping: SpanTable) -> Carriage:
    """Return medians over the returned tasks of the ping phase. Raises ValueError if none returned."""
    there = _returned(ping)
    return Carriage(
        fetching=_median((there.received - there.published) * NANOSECOND),
        handing_over=_median(there.out),
        storing=_median((there.stored - there.finished) * NANOSECOND),
        returning=_median(there.back),
    )


def _returned(ping: SpanTable) -> SpanTable:
    there = carried(ping)
    if not len(there):
        raise ValueError("no task of the ping phase returned")
    return there


def _median(durations: NDArray[np.floating]) -> Seconds:
    return float(np.median(durations))


def breakdown(shares: tuple[Share, ...], *, separable: bool) -> Breakdown:
    """Return means over all tasks of the saturate phase; all stamps exist.

    `separable`: every slot has a thread of its own, so that thread's CPU time is the task's. Under gevent it is not:
    the thread runs other tasks while one waits.
    """
    spans = [share.saturate for share in shares]
    tasks = sum(map(len, spans))

    def mean(durations: list[NDArray[np.int64]]) -> Seconds:
        return sum(float(one.sum(dtype=np.float64)) for one in durations) * NANOSECOND / tasks

    body = mean([part.finished - part.started for part in spans])
    storing = mean([part.stored - part.finished for part in spans])
    # Not longer than what it is a part of: the two clocks are not read at the same moment.
    cpu = mean([np.minimum(part.cpu, part.finished - part.started) for part in spans])
    storing_cpu = mean([np.minimum(part.storing_cpu, part.stored - part.finished) for part in spans])
    waited = _core_wait(shares)
    return Breakdown(
        broker=mean([part.received - arrived(share) for share, part in zip(shares, spans, strict=True)]),
        handover=mean([part.started - part.received for part in spans]),
        cpu=cpu if separable else None,
        off_cpu=body - cpu if separable else body,
        storing=storing,
        returning=mean([part.returned - part.stored for part in spans]),
        total=mean([part.returned - arrived(share) for share, part in zip(shares, spans, strict=True)]),
        storing_cpu=storing_cpu if separable else None,
        core_wait=min(waited, body - cpu + storing - storing_cpu) if separable and waited is not None else None,
    )


def _core_wait(shares: tuple[Share, ...]) -> Seconds | None:
    """Return the mean time per task for which its slot's thread waited for a core; None if no thread is known.

    Threads that ended before the second reading are left out with their tasks.
    """
    waited, tasks = 0.0, 0
    for share in shares:
        known = {(one.pid, one.thread): one.waited for one in share.node.core_waits}
        slots, counts = np.unique(np.stack([share.saturate.pid, share.saturate.thread]), axis=1, return_counts=True)
        for pid, thread, count in zip(*slots.tolist(), counts.tolist(), strict=True):
            if (pid, thread) in known:
                waited, tasks = waited + known[pid, thread], tasks + count
    return waited / tasks if tasks else None


def arrived(share: Share) -> NDArray[np.int64]:
    """Return the time at which each task entered the system: published, or at the opening of its queue."""
    return np.maximum(share.saturate.published, share.node.opened)


def little(boot: Boot) -> float:
    """Return the mean number of tasks in the system over arrival rate x mean time in the system.

    By Little's law (Little 1961, Oper. Res. 9) it is 1 for a system that starts and ends empty. Computed from arrival
    and departure alone it is always 1, by algebra. So the number of tasks comes from arrival and departure, and the
    time of a task is the sum of the absolute lengths of its stages: a stamp of a second run or of another clock makes
    the ratio less than 1, a task that never left makes it more.
    """
    came = np.concatenate([arrived(share) for share in boot.shares])
    went = np.concatenate([share.saturate.returned for share in boot.shares])
    left = went != 0
    inside = np.where(left, went, went.max()) - came
    lasted = np.concatenate([_lasted(share) for share in boot.shares])
    # The length of the phase divides both the mean number and the rate, so it cancels.
    return float(inside.sum(dtype=np.float64)) / (len(came) * float(lasted[left].mean()))


def _lasted(share: Share) -> NDArray[np.int64]:
    """Return the time of each task in the system, ns, as the sum of its stages."""
    part = share.saturate
    stamps = (arrived(share), part.received, part.started, part.finished, part.stored, part.returned)
    stages: NDArray[np.int64] = sum((np.abs(end - start) for start, end in pairwise(stamps)), np.zeros_like(stamps[0]))
    return stages


def pace(boot: Boot) -> float:
    """Return the time span of the schedule over the time span of finishing; 1 with a full queue.

    Unlike throughput over the planned rate it does not depend on the length of a body or on a random schedule.
    """
    if not all(share.node.scheduled for share in boot.shares):
        return 1.0
    due = np.concatenate([share.saturate.published for share in boot.shares])
    finished = np.concatenate([share.saturate.finished for share in boot.shares])
    took = int(finished.max() - finished.min())
    return int(due.max() - due.min()) / took if took else 1.0


def idle_gap(boot: Boot) -> Seconds:
    """Return the longest time between first and last start in which no slot of the boot had a task."""
    started = np.concatenate([share.saturate.started for share in boot.shares])
    stored = np.concatenate([share.saturate.stored for share in boot.shares])
    order = np.argsort(started)
    gaps = started[order][1:] - np.maximum.accumulate(stored[order])[:-1]
    return max(0.0, float(gaps.max(initial=0)) * NANOSECOND)
