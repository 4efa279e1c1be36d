"""Whether the trials of a cell are many, long and alike enough to rely on."""

from __future__ import annotations

from statistics import fmean, stdev
from typing import Final

from services.analysis.cells.judging.evidence import CellEvidence, Found, counted
from services.analysis.cells.load import KEPT_UP
from services.core.quantities import percent

#: Shortest window that passes, of the one the effort asks for.
LEAST_WINDOW: Final = 0.8
#: Largest standard deviation of throughput over repeats that passes, of its mean.
MOST_VARIATION: Final = 0.10
#: Fewer say too little about how much a figure scatters.
FEWEST_REPEATS: Final = 3


def trial_failed(evidence: CellEvidence) -> Found:
    reasons = [result.failure for result in evidence.results if result.failure]
    if not reasons:
        return None
    return {"failed": len(reasons), "trials": counted(len(evidence.results), "trial"), "reason": reasons[-1]}


def window_too_short(evidence: CellEvidence) -> Found:
    shortest = min((figures.window for figures in evidence.figures), default=evidence.window)
    if shortest >= LEAST_WINDOW * evidence.window:
        return None
    return {"shortest": shortest, "wanted": evidence.window}


def unstable(evidence: CellEvidence) -> Found:
    """A worker that keeps up with a planned rate has that rate, scattered as its arrivals are."""
    if evidence.cell.rate is not None and all(figures.pace >= KEPT_UP for figures in evidence.figures):
        return None
    rates = [figures.throughput for figures in evidence.figures]
    if len(rates) < 2 or (variation := stdev(rates) / fmean(rates)) <= MOST_VARIATION:
        return None
    return {"variation": percent(variation), "low": min(rates), "high": max(rates)}


def few_repeats(evidence: CellEvidence) -> Found:
    finished = len(evidence.figures)
    if evidence.unfinished or not 0 < finished < FEWEST_REPEATS:
        return None
    return {"trials": counted(finished, "trial")}
