"""The meaning of a figure's bounds, in words: it depends on the number of repeats."""

from __future__ import annotations

from collections.abc import Iterable
from math import comb
from typing import Final

from services.core.quantities import percent

#: Repeats from which on `intervals.median` is narrower than the range of its figures. A test checks this.
FEWEST_FOR_95: Final = 8
#: The same for `intervals.ratio`: with fewer, any method finds a false difference in more than 5 %.
FEWEST_FOR_95_RATIO: Final = 4


def median_bounds(repeats: Iterable[int]) -> str:
    """Return the meaning of the bounds of medians over so many repeats; empty if no figure has bounds.

    `range of 3 repeats (covers the median in 75 %)`; `95 % interval`; the first to the last where cells differ.
    The range of n figures misses the true median only if all are on one side of it: it covers it in 1 - 2 (1/2)^n.
    """
    return _joined(
        "95 % interval"
        if count >= FEWEST_FOR_95
        else f"range of {count} repeats (covers the median in {percent(1 - 2 * 0.5**count)})"
        for count in _several(repeats)
    )


def ratio_bounds(repeats: Iterable[int]) -> str:
    """Return the meaning of the bounds of ratios of two cells with so many repeats each.

    The range of the ratio misses 1 for two equal cells if all figures of one are above all of the other, which 2 of
    the C(2n, n) orders do.
    """
    return _joined(
        "95 % interval"
        if count >= FEWEST_FOR_95_RATIO
        else f"range over {count} repeats (covers the ratio in {percent(1 - 2 / comb(2 * count, count))})"
        for count in _several(repeats)
    )


def slope_bounds(_: Iterable[int]) -> str:
    """Return the meaning of the bounds of a least squares slope: Student's interval, for any number of repeats."""
    return "95 % interval of the slope"


def _several(repeats: Iterable[int]) -> list[int]:
    """Return the distinct numbers of repeats above 1: one repeat has no bounds."""
    return sorted({count for count in repeats if count > 1})


def _joined(words: Iterable[str]) -> str:
    found = list(dict.fromkeys(words))
    return " to ".join(found if len(found) < 3 else (found[0], found[-1]))
