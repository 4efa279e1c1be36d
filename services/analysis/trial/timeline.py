"""The first tasks of a trial, each in the slot that ran it."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from services.analysis.trial.shares import Share, opened
from services.analysis.trial.spans import SpanTable
from services.core.models import MODELS
from services.core.timeline import Bar, Timeline
from services.core.trial import NodeTrial
from services.core.units import NANOSECOND

#: Bars of a trial, all nodes together: a screen cannot show more.
MOST = 160


def timeline(shares: Sequence[NodeTrial]) -> Timeline:
    """Return the bars by node, each host from its own first start. Raises Unreadable for spans that cannot be read."""
    whole = [opened(share) for share in shares]
    each = MOST // max(1, len(whole))
    began: dict[str, int] = {}
    for share in whole:
        started = share.saturate.started
        first = int(started[started != 0].min(initial=np.iinfo(np.int64).max))
        began[share.node.boot] = min(first, began.get(share.node.boot, first))
    return Timeline(
        bars=tuple(bar for share in whole for bar in _bars(share, each, began[share.node.boot])),
        tasks=sum(len(share.saturate) for share in whole),
    )


def _bars(share: Share, most: int, began: int) -> list[Bar]:
    """Return the bars of one share; `began` is a stamp. Tasks that never ended are left out."""
    ended = share.saturate.where((share.saturate.started != 0) & (share.saturate.finished != 0))
    first = SpanTable(ended.rows[np.argsort(ended.started, kind="stable")[:most]])
    slots = _slots(first)
    # In seconds; not kept where it is that of several slots.
    separable = share.node.facts.pool not in {one.pool for one in MODELS.values() if not one.has_thread_per_slot}
    return [
        Bar(
            node=share.node.node,
            slot=slot,
            pid=int(first.pid[row]),
            thread=int(first.thread[row]),
            started=(int(first.started[row]) - began) * NANOSECOND,
            finished=(int(first.finished[row]) - began) * NANOSECOND,
            cpu=int(first.cpu[row]) * NANOSECOND if separable else None,
        )
        for row, slot in enumerate(slots)
    ]


def _slots(tasks: SpanTable) -> list[int]:
    """Return the slot of every task, rows sorted by start. Overlapping tasks of one thread are greenlets."""
    free: dict[tuple[int, int], list[int]] = {}
    busy: dict[tuple[int, int], list[tuple[int, int]]] = {}
    found: list[int] = []
    count = 0
    for pid, thread, started, finished in zip(
        tasks.pid.tolist(), tasks.thread.tolist(), tasks.started.tolist(), tasks.finished.tolist(), strict=True
    ):
        idle, taken = free.setdefault((pid, thread), []), busy.setdefault((pid, thread), [])
        while taken and taken[0][0] <= started:
            heapq.heappush(idle, heapq.heappop(taken)[1])
        if idle:
            slot = heapq.heappop(idle)
        else:
            slot, count = count, count + 1
        heapq.heappush(taken, (finished, slot))
        found.append(slot)
    return found
