"""What the bounds of a figure are, in words that depend on the number of repeats behind them."""

from __future__ import annotations

from collections.abc import Iterable
from math import comb
from typing import Final

from services.core.quantities import percent

#: Repeats from which on `intervals.median` is narrower than the range of its figures. A test checks this.
FEWEST_FOR_95: Final = 8
#: The same for `intervals.ratio`: fewer leave two equal cells apart in more than 5 % whatever the method.
FEWEST_FOR_95_RATIO: Final = 4


def median_bounds(repeats: Iterable[int]) -> str:
    """What the bounds of medians over so many repeats are; empty if no figure has bounds.

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
    """The same of ratios of two cells with so many repeats each.

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
    """The same of the slope of a least squares line (`slot_memory`): Student's interval, however many repeats."""
    return "95 % interval of the slope"


def _several(repeats: Iterable[int]) -> list[int]:
    """One repeat has no bounds."""
    return sorted({count for count in repeats if count > 1})


def _joined(words: Iterable[str]) -> str:
    found = list(dict.fromkeys(words))
    return " to ".join(found if len(found) < 3 else (found[0], found[-1]))
