"""Which planned rates cells keep up with, and where tasks begin to pile up."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from services.analysis.cells.groups import grouped
from services.core.findings import Group, Load, LoadPoint
from services.core.summary import CellSummary

#: Slowest finishing that counts as keeping up, of the rate at which tasks were due.
KEPT_UP: Final = 0.95
#: Latest publisher that a shortfall is not put down to, of the time that it had for sending.
MOST_LAG: Final = 1 - KEPT_UP


def load(cells: Sequence[CellSummary]) -> tuple[Load, ...]:
    """One for each model, concurrency, replicas and variant with measured cells at planned rates, lowest rate first.

    The knee lies between `highest_kept` and `lowest_missed`. A rate whose tasks the publisher sent too late says
    nothing about the worker and is neither.
    """
    found = (_load(group, members) for group, members in grouped(cells, at_a_rate=True))
    return tuple(one for one in found if one.points)


def _load(group: Group, members: Sequence[CellSummary]) -> Load:
    measured = sorted((cell for cell in members if cell.throughput is not None), key=_rate)
    points = tuple(map(_point, measured))
    missed = min(
        (point.rate for point, cell in zip(points, measured, strict=True) if not point.kept_up and _was_sent(cell)),
        default=None,
    )
    kept = max(
        (point.rate for point in points if point.kept_up and (missed is None or point.rate < missed)), default=None
    )
    return Load(group=group, points=points, highest_kept=kept, lowest_missed=missed)


def _point(cell: CellSummary) -> LoadPoint:
    assert cell.throughput is not None and cell.latency is not None
    pace = median(trial.pace for trial in cell.trials if trial.pace is not None)
    return LoadPoint(
        cell=cell.name,
        rate=_rate(cell),
        achieved=cell.throughput,
        p50=cell.latency.p50,
        p99=cell.latency.p99,
        kept_up=pace >= KEPT_UP and _was_sent(cell),
    )


def _was_sent(cell: CellSummary) -> bool:
    """Whether the publisher, in most trials, was late by a small share of its time only."""
    shares = [
        trial.lag * _rate(cell) / trial.tasks
        for trial in cell.trials
        if trial.lag is not None and trial.tasks is not None
    ]
    return median(shares) <= MOST_LAG


def _rate(cell: CellSummary) -> float:
    assert cell.rate is not None
    return cell.rate
