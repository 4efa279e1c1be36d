"""Memory per slot: a line through peak PSS over concurrency."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from services.analysis.cells.groups import grouped
from services.analysis.cells.intervals import CONFIDENCE
from services.core.environment import Environment
from services.core.findings import FURTHEST, Group, SlotMemory
from services.core.summary import CellSummary, Interval
from services.core.units import Bytes

#: Concurrency and bytes of each trial.
_Trials = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line through the mean point of all trials: `peak` bytes at `slots`."""

    slope: Interval
    slots: float
    peak: float

    def at(self, slots: float) -> float:
        """Return the bytes at so many slots."""
        return self.peak + self.slope.estimate * (slots - self.slots)


def slot_memory(cells: Sequence[CellSummary], environment: Environment) -> tuple[SlotMemory, ...]:
    """Return one per model, replicas and variant with a full queue that was measured at two concurrencies or more.

    All bytes are those of one worker: each replica is one worker, and all replicas count equally.
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
    line = _line(trials)
    largest = max((cell for cell in members if cell.memory is not None), key=lambda cell: cell.concurrency)
    assert largest.memory is not None
    memory = largest.memory
    slope, measurable = line.slope, _measurable(line.slope)
    furthest = FURTHEST * largest.concurrency
    fit = None if memory_limit is None else _fit(line, memory_limit)
    return SlotMemory(
        group=group,
        per_slot=slope if measurable else None,
        upper_bound=None if measurable or slope.high is None or slope.high <= 0 else round(slope.high),
        fixed=round(line.at(0) if measurable else line.peak),
        double_counted=memory.rss.peak.estimate / memory.pss.peak.estimate,
        private_growth=round((memory.uss.peak.estimate - memory.uss.idle) / group.replicas),
        limit=None if fit is None else max(0, math.floor(min(fit, furthest))),
        limit_is_lower_bound=fit is not None and (not measurable or fit > furthest),
    )


def _measurable(slope: Interval) -> bool:
    """Return whether the slope is above 0. Two trials give a slope without an interval: no limit follows from it."""
    return slope.estimate > 0 if slope.low is None else slope.low > 0


def _fit(line: _Line, memory_limit: Bytes) -> float | None:
    """Return the slots at which the line reaches the limit, with the upper bound of a slope that is not measurable."""
    if line.slope.bounds is None:
        return None
    low, high = line.slope.bounds
    steepest = line.slope.estimate if low > 0 else high
    if steepest <= 0:
        return math.inf if line.peak < memory_limit else 0.0
    return line.slots + (memory_limit - line.peak) / steepest


def _line(trials: _Trials) -> _Line:
    """Return the least squares line.

    The slope's interval is Student's, from the residuals with two degrees of freedom fewer than trials
    (Draper & Smith 1998, "Applied Regression Analysis", section 1.4): it also holds when each concurrency was measured
    once, and it is wide when the points are not on a line. No bounds for two trials.
    """
    slots, peaks = np.array(trials, dtype=np.float64).T
    away = slots - slots.mean()
    spread = float(away @ away)
    slope = float(away @ peaks) / spread
    middle, peak = float(slots.mean()), float(peaks.mean())
    free = len(trials) - 2
    if not free:
        return _Line(Interval.unbounded(slope), middle, peak)
    left = peaks - peak - slope * away
    error = math.sqrt(float(left @ left) / free / spread)
    margin = float(stdtrit(free, (1 + CONFIDENCE) / 2)) * error
    return _Line(Interval(estimate=slope, low=slope - margin, high=slope + margin), middle, peak)
