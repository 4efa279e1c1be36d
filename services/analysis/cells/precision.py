"""How sure the throughputs of an experiment are."""

from __future__ import annotations

from collections.abc import Sequence

from services.analysis.cells.by_block import median, series
from services.core.trial import TrialResult


def widest(results: Sequence[TrialResult]) -> float | None:
    """Return the largest half-width of a throughput interval over its median; None while a cell has no interval.

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
