"""Which cells of one variant are told apart: the analysis of randomised complete blocks, with one error rate for all.

Every repeat is a block that runs all cells once, so log throughput is cell + block + scatter (Fisher 1935, "The design
of experiments"; Box, Hunter & Hunter 2005, "Statistics for experimenters", chapter 4). Cells and blocks are removed by
least squares, which also covers missing trials (the intrablock analysis: Yates 1936; John & Williams 1995, "Cyclic and
computer generated designs", section 1.2).

The variance of a pair is its own, over the blocks that both cells have, shrunk towards the pooled residual variance
(Smyth 2004, "Linear models and empirical Bayes methods", Stat. Appl. Genet. Mol. Biol. 3): the pool makes few repeats
useful, the pair's own part keeps two cells that scatter much from being judged by cells that scatter little. All
intervals of a variant hold together with 95 % (studentised range: Tukey 1953; Kramer 1956, Biometrics 12), so out of
equal cells, however many, some cell is told apart in at most about 5 % of experiments. `python -m benchmarks.families`
checks it; ADR 11 compares other rules.

Two cells are one comparison and keep the bootstrap interval of `intervals.ratio`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, log, sqrt
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr, stdtrit

from services.analysis.cells import intervals
from services.core.summary import Interval
from services.core.units import Rate

#: Weight of the pooled variance beside a pair's own, in degrees of freedom (d0 of Smyth 2004); `benchmarks.families`
#: and `benchmarks.grid` show what other weights do.
PRIOR: Final = 6.0
#: Probability with which `smallest_difference` is seen.
POWER: Final = 0.9
#: Scatter of log throughput below which two trials are taken for equal: rounding.
LEAST_SCATTER: Final = 1e-9
#: Range of the quadrature over the normal distribution, in standard deviations, and its nodes.
_FARTHEST: Final = 8.0
_NODES: Final = 128

_Floats: TypeAlias = NDArray[np.float64]
#: Cell name to throughput by block.
Rates: TypeAlias = Mapping[str, Mapping[int, Rate]]


@dataclass(frozen=True, slots=True)
class Family:
    """The cells of one variant, compared with one another."""

    #: Cells by throughput, block effects removed, the fastest first.
    order: tuple[str, ...]
    _compare: Callable[[str, str], Interval]

    def ratio(self, one: str, other: str) -> Interval:
        """Return throughput of `one` over that of `other`; bounds are None where the data allow no decision."""
        return self._compare(one, other)


def family(rates: Rates, *, prior: float = PRIOR) -> Family:
    """Compare the cells, each with at least one throughput above 0.

    `prior` differs from PRIOR only in benchmarks that compare methods: 0 uses each pair's own variance, inf the pooled
    one for all pairs.
    """
    names = list(rates)
    if len(names) == 2:
        return _two(names[0], names[1], rates)
    fit, places = _fit(rates), {name: place for place, name in enumerate(names)}
    # Equal ones, rounding apart, stay in the order in which they came.
    order = sorted(names, key=lambda name: -round(float(fit.effects[places[name]]), 9))
    return Family(tuple(order), lambda one, other: fit.ratio(places[one], places[other], prior))


def unselected(rates: Rates, over: str) -> float | None:
    """Return the ratio of the fastest other cell to `over`, free of selection bias (the winner's curse).

    Block by block, the fastest cell is chosen on all other blocks and its ratio taken in this one; the result is their
    geometric mean. None where no block has both figures, or there are fewer than three blocks to choose on.
    """
    numbers = sorted({block for values in rates.values() for block in values})
    if len(numbers) < 3:
        return None
    ratios = []
    for left_out in numbers:
        rest = {name: {n: value for n, value in values.items() if n != left_out} for name, values in rates.items()}
        rest = {name: values for name, values in rest.items() if values and name != over}
        chosen = _fastest(rest)
        if chosen is not None and left_out in rates[chosen] and left_out in rates[over]:
            ratios.append(log(rates[chosen][left_out] / rates[over][left_out]))
    return exp(sum(ratios) / len(ratios)) if ratios else None


def _fastest(rates: Rates) -> str | None:
    if not rates:
        return None
    return list(rates)[int(np.argmax(_fit(rates).effects))]


def resolution(ratio: Interval) -> float | None:
    """Return the smallest relative difference that an interval of this width shows: half its width on the log scale."""
    if ratio.bounds is None:
        return None
    low, high = ratio.bounds
    return sqrt(high / low) - 1


def smallest_difference(cells: int, repeats: int, scatter: float) -> float:
    """Return the smallest relative difference that `repeats` blocks of so many cells show with probability POWER.

    `scatter` is the standard deviation of throughput between trials of one cell, over its mean. Infinite where
    nothing can be told apart: fewer than two cells or repeats.
    """
    if cells < 2 or repeats < 2:
        return inf
    own = repeats - 1
    freedom = _freedom(own, (cells - 1) * own, PRIOR)
    error = scatter * sqrt(2 / repeats)
    return exp(error * (studentised_range(cells, freedom) / sqrt(2) + float(stdtrit(freedom, POWER)))) - 1


@lru_cache(maxsize=1024)
def studentised_range(cells: int, freedom: float) -> float:
    """Return the 95 % point of the range of `cells` normal means over their standard error, by degrees of freedom.

    The double integral of Copenhaver & Holland 1988 (J. Stat. Comput. Simul. 30) by Gauss-Legendre quadrature and
    bisection: 20 ms, while `scipy.stats.studentized_range` takes 60 to 200 ms and 300 ms for its import. A test holds
    the two together.
    """
    low, high = 0.0, 4.0
    while _within(high, cells, freedom) < intervals.CONFIDENCE:
        low, high = high, 2 * high
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, cells, freedom) < intervals.CONFIDENCE else (low, middle)
    return (low + high) / 2


def _within(bound: float, cells: int, freedom: float) -> float:
    """Return the probability that the studentised range is at most `bound`."""
    nodes, weights = _gauss()
    z = _FARTHEST * nodes
    spread = 9 / sqrt(2 * freedom)
    low, high = max(0.0, 1 - spread), 1 + spread
    scale = (high + low) / 2 + (high - low) / 2 * nodes
    log_density = (
        log(2) + freedom / 2 * log(freedom / 2) - gammaln(freedom / 2)
        + (freedom - 1) * np.log(scale) - freedom * scale**2 / 2
    )  # fmt: skip
    normal = np.exp(-(z**2) / 2) / sqrt(2 * np.pi) * _FARTHEST * weights
    below = cells * ((ndtr(z) - ndtr(z - bound * scale[:, None])) ** (cells - 1) @ normal)
    return float(below @ (np.exp(log_density) * weights) * (high - low) / 2)


@lru_cache(maxsize=1)
def _gauss() -> tuple[_Floats, _Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return np.asarray(nodes, dtype=np.float64), np.asarray(weights, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Log throughput by cell and block (NaN where there is none), fitted by least squares."""

    logs: _Floats
    #: Effects of the cells, up to a constant, and their covariance relative to the residual variance.
    effects: _Floats
    covariance: _Floats
    #: Which differences of effects can be estimated: those within a connected part of the design.
    part: _Floats
    pooled: float
    freedom: int

    def ratio(self, one: int, other: int, prior: float) -> Interval:
        """Return the ratio of two cells, by their places."""
        difference = float(self.effects[one] - self.effects[other])
        if self.freedom < 1 or abs(self.part[one] - self.part[other]) > 0.5:
            return Interval.unbounded(exp(difference))
        both = self.logs[one] - self.logs[other]
        both = both[~np.isnan(both)]
        own = max(len(both) - 1, 0)
        freedom = _freedom(own, self.freedom, prior)
        variance = self.pooled
        if own:
            variance += own / freedom * (float(both.var(ddof=1)) / 2 - self.pooled)
        apart = self.covariance[one, one] + self.covariance[other, other] - 2 * self.covariance[one, other]
        half = studentised_range(len(self.logs), freedom) * sqrt(max(variance, LEAST_SCATTER**2) * apart / 2)
        # Beyond e^700 a float ends; no ratio of throughputs comes near.
        half = min(half, 300.0)
        return Interval(estimate=exp(difference), low=exp(difference - half), high=exp(difference + half))


def _freedom(own: int, pooled: int, prior: float) -> float:
    """Return the degrees of freedom of a pair's shrunk variance: its own plus the prior's, at most the pool's."""
    return float(min(own + prior, pooled)) if own else float(min(max(prior, 1), pooled))


def _fit(rates: Rates) -> _Fit:
    blocks = sorted({block for values in rates.values() for block in values})
    logs = np.array(
        [[log(values[block]) if block in values else np.nan for block in blocks] for values in rates.values()]
    )
    there = ~np.isnan(logs)
    present, filled = there.astype(np.float64), np.where(there, logs, 0.0)
    sizes = present.sum(axis=0)
    information = np.diag(present.sum(axis=1)) - (present / sizes) @ present.T
    part, parts = _parts(there)
    # Any generalised inverse gives the same differences; this one makes the effects of a part sum to 0.
    covariance = np.linalg.inv(information + (part[:, None] == part))
    effects = covariance @ (filled.sum(axis=1) - (present / sizes) @ filled.sum(axis=0))
    # Where the design falls apart, the parts' own levels are the best guess; no difference between them is decided.
    if parts > 1:
        for number in range(parts):
            of = part == number
            effects[of] += filled[of].sum() / present[of].sum() - effects[of].mean()
    of_blocks = (filled - effects[:, None] * present).sum(axis=0) / sizes
    residuals = (filled - effects[:, None] - of_blocks)[there]
    freedom = int(present.sum()) - len(logs) - len(blocks) + parts
    pooled = float(residuals @ residuals) / freedom if freedom > 0 else 0.0
    return _Fit(logs, effects, covariance, part, pooled, freedom)


def _parts(there: NDArray[np.bool_]) -> tuple[_Floats, int]:
    """Return the connected part of the design for each cell, and the number of parts; connected cells share blocks."""
    part, parts = np.full(len(there), -1.0), 0
    for first in range(len(there)):
        if part[first] >= 0:
            continue
        reached = np.zeros(len(there), dtype=np.bool_)
        reached[first] = True
        while (grown := there[:, there[reached].any(axis=0)].any(axis=1) | reached).sum() > reached.sum():
            reached = grown
        part[reached] = parts
        parts += 1
    return part, parts


def _two(one: str, other: str, rates: Rates) -> Family:
    ratio = intervals.ratio(rates[one], rates[other])
    order = (one, other) if ratio.estimate >= 1 else (other, one)
    return Family(order, lambda first, _: ratio if first == one else ratio.inverse())
