"""The planned rates that cells keep up with, and the knee from which tasks pile up."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from services.analysis.cells.groups import grouped
from services.core.findings import Group, Load, LoadPoint
from services.core.summary import CellSummary

#: Least pace of finishing that counts as keeping up, as a share of the planned pace.
KEPT_UP: Final = 0.95
#: Largest lag of the publisher for which a shortfall is the worker's, as a share of the time for sending.
MOST_LAG: Final = 1 - KEPT_UP


def load(cells: Sequence[CellSummary]) -> tuple[Load, ...]:
    """Return one per model, concurrency, replicas and variant with cells measured at planned rates, lowest rate first.

    The knee is between `highest_kept` and `lowest_missed`. A rate whose tasks were sent too late is neither: it is
    inconclusive.
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
    """Return whether the publisher was on time in most trials: its lag was a small share of the time for sending."""
    shares = [
        trial.publisher_lag * _rate(cell) / trial.tasks
        for trial in cell.trials
        if trial.publisher_lag is not None and trial.tasks is not None
    ]
    return median(shares) <= MOST_LAG


def _rate(cell: CellSummary) -> float:
    assert cell.rate is not None
    return cell.rate
