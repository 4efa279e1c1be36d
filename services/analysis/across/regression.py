"""Curves that are linear in their parameters, fitted to figures of several cells, with intervals over blocks.

Fitted is what makes the sum of squared *relative* errors least: figures of the lab scatter by a share of their size,
over sizes that differ a thousandfold, and in absolute errors only the largest would count. That is weighted linear
least squares with weights 1 / target^2 (Draper & Smith 1998, "Applied Regression Analysis", chapter 9), non-negative
where parameters below 0 mean nothing (Lawson & Hanson 1974, "Solving Least Squares Problems", chapter 23).

Intervals are percentiles of a bootstrap that draws whole blocks (Davison & Hinkley 1997, "Bootstrap Methods and their
Application", section 6.2, resampling cases): what drifts between blocks stays together. Levels are widened for few
blocks like those of `analysis.intervals`. Normal equations add up over blocks, so a draw needs no pass over the
points, and all draws are solved at once: 1000 take 3 ms where `scipy.optimize.nnls` takes 20 (a test holds the two
together).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtrit

from services.analysis.cells.intervals import CONFIDENCE
from services.core.summary import Interval

#: Draws of the bootstrap; a bound of 10 blocks then has 8 or 9 draws beyond it.
DRAWS: Final = 1000

_Floats: TypeAlias = NDArray[np.float64]
_Ints: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The data of a fit: one row per trial."""

    #: The independent variable: a concurrency, a size.
    at: _Floats
    #: Above 0.
    target: _Floats
    #: The repeat of each trial.
    block: _Ints

    @classmethod
    def of(cls, rows: list[tuple[float, float, int]]) -> Points:
        """Make points from (at, target, block)."""
        at, target, block = zip(*sorted(rows), strict=True)
        return cls(np.array(at, dtype=np.float64), np.array(target, dtype=np.float64), np.array(block, dtype=np.intp))

    @property
    def places(self) -> _Floats:
        """The distinct values of `at`, in order."""
        return np.unique(self.at)

    @property
    def medians(self) -> _Floats:
        """Median of the target at each place."""
        return np.array([np.median(self.target[self.at == place]) for place in self.places])


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Parameters in the order of the design's columns."""

    estimate: _Floats
    #: Draws x parameters; no rows if there is only one block.
    draws: _Floats
    blocks: int

    def interval(self, estimate: float, draws: _Floats) -> Interval:
        """Return the interval of any function of the parameters, given its values at the estimate and at the draws."""
        if not len(draws):
            return Interval.unbounded(estimate)
        quantile = float(stdtrit(self.blocks - 1, (1 + CONFIDENCE) / 2)) * (self.blocks / (self.blocks - 1)) ** 0.5
        low, high = np.quantile(draws, ndtr(np.array((-quantile, quantile))))
        return Interval(estimate=float(estimate), low=float(min(low, estimate)), high=float(max(high, estimate)))


def fit(points: Points, design: _Floats, *, positive: bool) -> Fitted:
    """Return the parameters p that bring `design` @ p nearest to the target; none below 0 if `positive`.

    The design's columns must be independent over the places and, if `positive`, nowhere below 0.
    """
    rows = design / points.target[:, None]
    scale = np.sqrt((rows**2).sum(axis=0))
    rows = rows / scale
    numbers, block = np.unique(points.block, return_inverse=True)
    grams = np.zeros((len(numbers), rows.shape[1], rows.shape[1]))
    np.add.at(grams, block, rows[:, :, None] * rows[:, None, :])
    sums = np.zeros((len(numbers), rows.shape[1]))
    np.add.at(sums, block, rows)
    times = np.concatenate((np.ones((1, len(numbers))), _whole(points, block, _drawn(len(numbers)))))
    solve = _solve_positive if positive else _solve
    found = solve(np.tensordot(times, grams, axes=1), times @ sums) / scale
    return Fitted(estimate=found[0], draws=found[1:], blocks=len(numbers))


def explained(observed: ArrayLike, predicted: ArrayLike, weights: ArrayLike) -> float:
    """R squared: share of the weighted variance of `observed` that `predicted` leaves no part of; 0 at the least."""
    seen, foretold, weight = (np.asarray(one, dtype=np.float64) for one in (observed, predicted, weights))
    left = float((weight * (seen - foretold) ** 2).sum())
    all_of_it = float((weight * (seen - np.average(seen, weights=weight)) ** 2).sum())
    return max(0.0, 1 - left / all_of_it) if all_of_it > 0 else float(left == 0)


def deviation(observed: ArrayLike, predicted: ArrayLike) -> float:
    """Root of the mean squared relative error."""
    return float(np.sqrt(np.mean((np.asarray(observed) / np.asarray(predicted) - 1) ** 2)))


@lru_cache(maxsize=128)
def _drawn(blocks: int) -> _Floats:
    """Count each of the blocks in each draw. The seed is their number: the same data, the same interval."""
    if blocks < 2:
        return np.empty((0, blocks))
    random = np.random.default_rng(blocks)
    return random.multinomial(blocks, np.full(blocks, 1 / blocks), size=DRAWS).astype(np.float64)


def _whole(points: Points, block: _Ints, times: _Floats) -> _Floats:
    """Return the draws that hold every place: trials that failed are missing from some blocks."""
    places, place = np.unique(points.at, return_inverse=True)
    holds = np.zeros((times.shape[1], len(places)))
    holds[block, place] = 1
    return times[(times @ holds > 0).all(axis=1)]


def _solve(grams: _Floats, sums: _Floats) -> _Floats:
    return np.asarray(np.linalg.solve(grams, sums[..., None])[..., 0], dtype=np.float64)


def _solve_positive(grams: _Floats, sums: _Floats) -> _Floats:
    """Solve without parameters below 0: of all solutions with some parameters 0 and none below, take the best."""
    count = sums.shape[1]
    best, least = np.zeros_like(sums), np.zeros(len(sums))
    for size in range(1, count + 1):
        for chosen in combinations(range(count), size):
            columns = list(chosen)
            found = _solve(grams[:, columns][:, :, columns], sums[:, columns])
            error = -(found * sums[:, columns]).sum(axis=1)
            better = (found >= 0).all(axis=1) & (error < least)
            least[better] = error[better]
            best[better] = 0
            best[np.ix_(better, columns)] = found[better]
    return best
