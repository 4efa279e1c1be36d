"""A figure of one cell by block: the one way from trials to medians, ratios and their intervals.

A block is one repeat of all cells, and a series maps its number to the figure of the cell's trial in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from services.analysis.cells import intervals
from services.core.figures import Figures
from services.core.summary import CellSummary, Interval
from services.core.trial import TrialResult
from services.core.units import Rate

Series: TypeAlias = Mapping[int, float]
#: Reads a figure from what a trial measured.
Pick: TypeAlias = Callable[[Figures], float]


def series(results: Iterable[TrialResult], pick: Pick) -> dict[int, float]:
    """Return a figure of the finished trials of one cell, by block."""
    return {one.trial.repeat: float(pick(one.figures)) for one in results if one.figures is not None}


def rates(cell: CellSummary) -> dict[int, Rate]:
    """Return the throughput of the finished trials of a cell, by block."""
    return {trial.repeat: trial.throughput for trial in cell.trials if trial.throughput is not None}


def median(figures: Series) -> Interval | None:
    """Return the median over blocks; None without a figure."""
    return intervals.median(list(figures.values())) if figures else None


def ratio(one: Series, other: Series) -> Interval | None:
    """Return `one` over `other`, paired by block; None where a side has no figure, or one that is not above 0."""
    if not one or not other or min(*one.values(), *other.values()) <= 0:
        return None
    return intervals.ratio(one, other)


def widest(results: Iterable[TrialResult]) -> float | None:
    """Return the largest half-width of a throughput interval relative to its median; None while a cell has no interval.

    Cells without a finished trial are left out: repeating what fails makes nothing surer.
    """
    trials: dict[str, list[TrialResult]] = {}
    for result in results:
        trials.setdefault(result.trial.cell.name, []).append(result)
    widths = []
    for one in trials.values():
        rate = median(series(one, lambda figures: figures.throughput))
        if rate is None:
            continue
        if rate.half_width is None:
            return None
        widths.append(rate.half_width / rate.estimate)
    return max(widths, default=None)
