"""Warnings about the trials of a cell: failed, too short, too few, or scattered."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean, stdev
from typing import Final

from services.analysis.cells.load import KEPT_UP
from services.analysis.cells.warnings.rule import CellTrials, Found, Rule
from services.core.quantities import counted, percent
from services.core.summary import Warn

#: Shortest window that causes no warning, as a share of the one that the effort asks for.
LEAST_WINDOW: Final = 0.8
#: Largest standard deviation of throughput over repeats that causes no warning, as a share of the mean.
MOST_VARIATION: Final = 0.10
#: Fewest repeats from which scatter can be estimated.
FEWEST_REPEATS: Final = 3


def trial_failed(about: CellTrials) -> Found:
    reasons = [result.failure for result in about.results if result.failure]
    if not reasons:
        return None
    return {"failed": len(reasons), "trials": counted(len(about.results), "trial"), "reason": reasons[-1]}


def window_too_short(about: CellTrials) -> Found:
    shortest = min((figures.window for figures in about.figures), default=about.window)
    if shortest >= LEAST_WINDOW * about.window:
        return None
    return {"shortest": shortest, "wanted": about.window}


def unstable(about: CellTrials) -> Found:
    """Find large scatter. A worker that keeps up with a planned rate is not judged: it scatters as its arrivals do."""
    if about.cell.rate is not None and all(figures.pace >= KEPT_UP for figures in about.figures):
        return None
    rates = [figures.throughput for figures in about.figures]
    if len(rates) < 2 or (variation := stdev(rates) / fmean(rates)) <= MOST_VARIATION:
        return None
    return {"variation": percent(variation), "low": min(rates), "high": max(rates)}


def few_repeats(about: CellTrials) -> Found:
    finished = len(about.figures)
    if about.unfinished or not 0 < finished < FEWEST_REPEATS:
        return None
    return {"trials": counted(finished, "trial")}


RULES: Final[Mapping[Warn, Rule]] = {
    Warn.TRIAL_FAILED: Rule(
        find=trial_failed,
        text="{failed} of {trials} failed, the last because: {reason}",
        remedy="The figures rest on the finished trials only. Fix the cause and run the experiment again.",
    ),
    Warn.WINDOW_TOO_SHORT: Rule(
        find=window_too_short,
        text="The shortest window was {shortest:.2f} s instead of {wanted:.2f} s.",
        remedy="Start and end effects weigh more in a short window. Run the experiment again, or with a larger effort.",
        doubt="the window was {shortest:.2f} s instead of {wanted:.2f} s",
    ),
    Warn.UNSTABLE: Rule(
        find=unstable,
        text="Throughput scatters by {variation} over the repeats: {low:.3g} to {high:.3g} tasks/s.",
        remedy="Close other programs, fix the clock rate, or use more repeats.",
    ),
    Warn.FEW_REPEATS: Rule(
        find=few_repeats,
        text="Only {trials} finished: too few to estimate the scatter.",
        remedy="Use at least 3 repeats, better 6.",
    ),
}
