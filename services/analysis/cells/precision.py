"""How sure the throughputs of an experiment are."""

from __future__ import annotations

from collections.abc import Sequence

from services.analysis.cells import intervals
from services.core.trial import TrialResult


def widest(results: Sequence[TrialResult]) -> float | None:
    """The largest half-width of a cell's throughput interval over its median; None while a cell has no interval.

    Cells without a finished trial are left out: repeating what fails makes nothing surer.
    """
    rates: dict[str, list[float]] = {}
    for result in results:
        if result.figures is not None:
            rates.setdefault(result.trial.cell.name, []).append(result.figures.throughput)
    widths = []
    for values in rates.values():
        rate = intervals.median(values)
        if rate.half_width is None:
            return None
        widths.append(rate.half_width / rate.estimate)
    return max(widths, default=None)
