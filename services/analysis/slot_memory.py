"""What more slots cost in memory: a line through peak PSS over concurrency."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from services.analysis.groups import grouped
from services.analysis.intervals import CONFIDENCE
from services.core.environment import Environment
from services.core.findings import Group, SlotMemory
from services.core.summary import CellSummary, Interval
from services.core.units import Bytes

#: Concurrency and bytes, a trial each.
_Trials = list[tuple[int, float]]


def slot_memory(cells: Sequence[CellSummary], environment: Environment) -> tuple[SlotMemory, ...]:
    """One for each model, replicas and variant with a full queue that was measured at two concurrencies or more.

    All bytes are those of one worker: replicas have one each, and share what they need evenly.
    """
    limit = min((node.fingerprint.memory_limit for node in environment.nodes), default=None)
    found = (_slot_memory(group, members, limit) for group, members in grouped(cells, concurrency=True))
    return tuple(one for one in found if one is not None)


def _slot_memory(group: Group, members: Sequence[CellSummary], memory_limit: Bytes | None) -> SlotMemory | None:
    trials = [
        (cell.concurrency, trial.peak / group.replicas)
        for cell in members
        for trial in cell.trials
        if trial.peak is not None
    ]
    if len({concurrency for concurrency, _ in trials}) < 2:
        return None
    per_slot, fixed = _line(trials)
    largest = max((cell for cell in members if cell.memory is not None), key=lambda cell: cell.concurrency)
    assert largest.memory is not None
    memory = largest.memory
    grows = per_slot.low is not None and per_slot.low > 0
    return SlotMemory(
        group=group,
        per_slot=per_slot,
        fixed=round(fixed),
        double_counted=memory.rss.median / memory.pss.median,
        broken=round((memory.uss.median - memory.uss.idle) / group.replicas),
        limit=max(0, math.floor((memory_limit - fixed) / per_slot.median)) if grows and memory_limit else None,
    )


def _line(trials: _Trials) -> tuple[Interval, float]:
    """Slope and value at 0 of the least squares line.

    The slope's interval is Student's, from what is left around the line with two degrees of freedom fewer than trials
    (Draper & Smith 1998, "Applied Regression Analysis", section 1.4): it also holds when each concurrency was measured
    once, and it is wide when the points do not lie on a line. No bounds for two trials.
    """
    slots, peaks = np.array(trials, dtype=np.float64).T
    away = slots - slots.mean()
    spread = float(away @ away)
    slope = float(away @ peaks) / spread
    fixed = float(peaks.mean() - slope * slots.mean())
    free = len(trials) - 2
    if not free:
        return Interval(median=slope, low=None, high=None), fixed
    left = peaks - fixed - slope * slots
    error = math.sqrt(float(left @ left) / free / spread)
    margin = float(stdtrit(free, (1 + CONFIDENCE) / 2)) * error
    return Interval(median=slope, low=slope - margin, high=slope + margin), fixed
