"""Medians with bootstrap confidence intervals, and ratios of two cells with theirs.

The bootstrap draws as many values as there are from those there are, with replacement, and asks how the median
scatters. For a median that distribution has a closed form (Efron 1979, "Bootstrap methods: another look at the
jackknife", Ann. Statist. 7, section 3; Maritz & Jarrett 1978, JASA 73): it is used instead of drawing. So nothing is
random here, no seed is needed, the same figures always give the same interval, and one takes 0.04 ms where
`scipy.stats.bootstrap` takes 2.4 ms; a test holds the two together.

Bounds are BCa bounds (Efron 1987, "Better bootstrap confidence intervals", JASA 82; Efron & Tibshirani 1993, "An
introduction to the bootstrap", section 14.3), plain percentiles where the acceleration is not defined. Their levels
are widened for few repeats (Hesterberg 2015, "What teachers should know about the bootstrap", Am. Statist. 69: the
normal quantile becomes sqrt(n / (n - 1)) times Student's). Without that, of two equal cells 12 in 100 would be told
apart at 7 repeats where 5 are promised.

What few repeats cannot give: up to 7, the interval is the range of the figures, and covers the true median with
probability 1 - 2^(1 - n): 50 % for 2 repeats, 75 % for 3, 94 % for 5, 98 % for 7. `coverage` has the words for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, ndtr, ndtri, stdtrit

from services.core.summary import Interval

CONFIDENCE: Final = 0.95
#: Six blocks of one sign are the fewest whose probability by chance is below 1 - CONFIDENCE: 2 x (1/2)^6 = 3 %.
FEWEST_PAIRS: Final = 6
#: Medians that are remembered: when a trial ends, the figures of all other cells are as before. A cell has 13.
REMEMBERED: Final = 4096

_Floats: TypeAlias = NDArray[np.float64]
_Ints: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Bootstrap:
    """An estimate, its exact bootstrap distribution (values, probabilities), and its jackknife, sample by sample."""

    estimate: float
    values: _Floats
    weights: _Floats
    left_out: tuple[_Floats, ...]


def median(figures: Sequence[float]) -> Interval:
    """Return the median of at least one figure; its bounds are None if there is only one."""
    return _median(tuple(figures))


@lru_cache(maxsize=REMEMBERED)
def _median(figures: tuple[float, ...]) -> Interval:
    if len(figures) == 1:
        return Interval.unbounded(figures[0])
    return _interval(_of_median(figures))


def ratio(a: Mapping[int, float], b: Mapping[int, float]) -> Interval:
    """Return how many times `b` is `a`; both map the number of a block to a figure above 0, at least one each.

    A block is one repeat of all cells, and what drifts between blocks hits both cells: their ratio within a block is
    free of it, so pairing by block is right (Fisher's randomised complete blocks), and the estimate is the median of
    the ratios. But pairs of n blocks can never be surer than 2^(1 - n): below FEWEST_PAIRS common blocks the two are
    resampled apart, and the estimate is the ratio of the medians. That keeps false differences under 5 in 100 from 4
    repeats on (10 at 3, with any method for two times three figures; 32 at 2) and loses power only under drift.
    Bounds are None when a side has only one figure.
    """
    common = a.keys() & b.keys()
    if len(common) >= FEWEST_PAIRS:
        return median([a[block] / b[block] for block in sorted(common)])
    if min(len(a), len(b)) == 1:
        estimate = float(np.median(list(a.values())) / np.median(list(b.values())))
        return Interval.unbounded(estimate)
    return _interval(_over(_of_median(list(a.values())), _of_median(list(b.values()))))


def _of_median(figures: Sequence[float]) -> _Bootstrap:
    """Return the bootstrap of the median of at least two figures."""
    ordered = np.sort(np.asarray(figures, dtype=np.float64))
    count = len(ordered)
    low, high, weights = _resampled(count)
    below, above = _left_out(count)
    return _Bootstrap(
        estimate=float((ordered[(count - 1) // 2] + ordered[count // 2]) / 2),
        values=(ordered[low] + ordered[high]) / 2,
        weights=weights,
        left_out=((ordered[below] + ordered[above]) / 2,),
    )


def _over(a: _Bootstrap, b: _Bootstrap) -> _Bootstrap:
    """Return the bootstrap of the ratio of two that are resampled apart."""
    return _Bootstrap(
        estimate=a.estimate / b.estimate,
        values=(a.values[:, None] / b.values).ravel(),
        weights=(a.weights[:, None] * b.weights).ravel(),
        left_out=(a.left_out[0] / b.estimate, a.estimate / b.left_out[0]),
    )


def _interval(bootstrap: _Bootstrap) -> Interval:
    order = np.argsort(bootstrap.values)
    values, reached = bootstrap.values[order], np.cumsum(bootstrap.weights[order])
    # The least value that is reached with this probability; rounding must not carry past one that is met exactly.
    places = np.searchsorted(reached, _levels(bootstrap) * reached[-1] - 1e-12)
    low, high = values[np.minimum(places, len(values) - 1)]
    return Interval(estimate=bootstrap.estimate, low=float(low), high=float(high))


def _levels(bootstrap: _Bootstrap) -> _Floats:
    """Return the levels of both bounds in the bootstrap: Efron & Tibshirani 1993, equation 14.10, widened."""
    sizes = [len(sample) for sample in bootstrap.left_out]
    fewest = min(sizes)
    quantile = float(stdtrit(sum(sizes) - len(sizes), (1 + CONFIDENCE) / 2)) * (fewest / (fewest - 1)) ** 0.5
    wanted = np.array((-quantile, quantile))
    acceleration = _acceleration(bootstrap.left_out)
    if acceleration is None:
        return np.asarray(ndtr(wanted), dtype=np.float64)
    below = bootstrap.weights[bootstrap.values < bootstrap.estimate].sum()
    at = bootstrap.weights[bootstrap.values == bootstrap.estimate].sum()
    bias = float(ndtri(below + at / 2))
    # Never divides by 0: no acceleration is beyond 1/6, and that of two figures, where `wanted` is largest, is 0.
    return np.asarray(ndtr(bias + (bias + wanted) / (1 - acceleration * (bias + wanted))), dtype=np.float64)


def _acceleration(left_out: Sequence[_Floats]) -> float | None:
    """Compute it by jackknife: Efron & Tibshirani 1993, equation 14.15, over all samples; None if nothing varies."""
    cubes = squares = 0.0
    for estimates in left_out:
        influence = (len(estimates) - 1) * (estimates.mean() - estimates) / len(estimates)
        cubes += float((influence**3).sum())
        squares += float((influence**2).sum())
    return cubes / (6 * squares**1.5) if squares > 0 else None


@lru_cache(maxsize=64)
def _resampled(count: int) -> tuple[_Ints, _Ints, _Floats]:
    """Return each median of a resample of `count` values, (values[low] + values[high]) / 2, and its probability.

    Odd: the median is at most the i-th value if most of the draws are. Even: the two middle draws are the i-th and
    j-th value, i < j, if one half of the draws is at most the i-th and reaches it, the other at least the j-th and
    reaches it; both are the i-th if less than half of the draws are below it and less than half above.
    """
    half = count // 2
    rank = np.arange(1, count + 1)
    if count % 2:
        at_most = 1 - bdtr(half, count, np.arange(count + 1) / count)
        return rank - 1, rank - 1, np.diff(at_most)
    below, above = (rank - 1) / count, (count - rank) / count
    lower = (rank / count) ** half - below**half
    upper = (1 - below) ** half - above**half
    weights = np.triu(comb(count, half) * lower[:, None] * upper, k=1)
    both_sides = comb(count, half) * below**half * above**half
    np.fill_diagonal(weights, bdtr(half - 1, count, below) + bdtr(half - 1, count, above) - 1 + both_sides)
    low, high = np.nonzero(weights > 1e-12)
    return low, high, weights[low, high]


@lru_cache(maxsize=64)
def _left_out(count: int) -> tuple[_Ints, _Ints]:
    """Return which two of `count` ordered values have the median as their mean when each value in turn is left out."""
    rest = count - 1
    gone = np.arange(count)
    low, high = (rest - 1) // 2, rest // 2
    return low + (gone <= low), high + (gone <= high)
