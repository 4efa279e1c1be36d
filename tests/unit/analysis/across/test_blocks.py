"""Who is told apart within a variant: one error rate for all its cells."""

from __future__ import annotations

from itertools import combinations
from math import exp, inf, log

import numpy as np
import pytest
from scipy.stats import studentized_range

from services.analysis.across import blocks
from services.analysis.cells import intervals
from services.core.summary import Interval

Rates = dict[str, dict[int, float]]


def drawn(seed: int, cells: int, repeats: int, *, scatter: float = 0.03, drift: float = 0.02) -> Rates:
    """Equal cells of 100 tasks/s."""
    source = np.random.default_rng(seed)
    logs = source.normal(0, scatter, (cells, repeats)) + source.normal(0, drift, repeats)
    return {f"c{cell}": {block: 100 * exp(value) for block, value in enumerate(row)} for cell, row in enumerate(logs)}


def pairs(family: blocks.Family) -> list[Interval]:
    return [family.ratio(one, other) for one, other in combinations(family.order, 2)]


def excludes_one(ratio: Interval) -> bool:
    return ratio.low is not None and ratio.high is not None and (ratio.low > 1 or ratio.high < 1)


def test_of_equal_cells_some_is_told_apart_in_at_most_5_percent_of_experiments() -> None:
    experiments = 300
    for cells, repeats in ((8, 3), (8, 5), (7, 10)):
        families = (blocks.family(drawn(seed, cells, repeats)) for seed in range(experiments))
        told_apart = sum(any(map(excludes_one, pairs(family))) for family in families)
        assert told_apart <= 0.07 * experiments, f"{cells} cells, {repeats} repeats"


def test_a_cell_slowed_by_10_percent_is_found_among_eight() -> None:
    found = 0
    for seed in range(100):
        rates = drawn(seed, 8, 5)
        rates["c0"] = {block: 0.9 * rate for block, rate in rates["c0"].items()}
        family = blocks.family(rates)
        found += excludes_one(family.ratio("c0", family.order[0]))
    assert found >= 90


def test_the_studentised_range_is_scipys() -> None:
    for cells, freedom in ((2, 4), (3, 2), (8, 8), (12, 28), (40, 8), (100, 12)):
        expected = studentized_range.ppf(0.95, cells, freedom)
        assert blocks.studentised_range(cells, freedom) == pytest.approx(expected, rel=2e-3)


def test_two_cells_keep_the_bootstrap_interval_of_their_ratio() -> None:
    rates = drawn(1, 2, 7)
    assert blocks.family(rates).ratio("c0", "c1") == intervals.ratio(rates["c0"], rates["c1"])


def test_what_all_cells_of_a_block_share_is_no_scatter() -> None:
    calm, drifting = (blocks.family(drawn(3, 4, 5, drift=drift)).ratio("c0", "c1") for drift in (0.0, 0.5))
    assert (drifting.low, drifting.high) == pytest.approx((calm.low, calm.high))


def test_a_missing_trial_does_not_move_a_cell_to_the_level_of_its_other_blocks() -> None:
    level = (1, 2, 4, 8)
    rates = {name: {block: factor * by for block, by in enumerate(level)} for name, factor in (("a", 2.0), ("b", 3.0))}
    rates["c"] = {3: 8.0}
    ratio = blocks.family(rates).ratio("a", "c")
    assert ratio.estimate == pytest.approx(2)


def test_cells_that_share_no_block_directly_or_through_others_are_not_compared() -> None:
    apart = {"a": {0: 1.0, 1: 1.1}, "b": {0: 2.0, 1: 2.1}, "c": {2: 9.0, 3: 9.1}, "d": {2: 3.0, 3: 3.2}}
    family = blocks.family(apart)
    assert family.ratio("a", "c").low is None
    assert family.order[0] == "c"
    joined = apart | {"e": {1: 1.0, 2: 1.0}}
    assert blocks.family(joined).ratio("a", "c").low is not None


def test_one_repeat_allows_no_decision() -> None:
    family = blocks.family({"a": {0: 1.0}, "b": {0: 2.0}, "c": {0: 3.0}})
    assert family.order == ("c", "b", "a")
    assert {ratio.low for ratio in pairs(family)} == {None}


def test_a_pair_that_scatters_more_than_the_others_has_a_wider_interval() -> None:
    rates = drawn(5, 6, 6, scatter=0.01) | {
        name: {block: rate**3 for block, rate in values.items()}
        for name, values in list(drawn(6, 8, 6, scatter=0.05).items())[6:]
    }
    family = blocks.family(rates)
    calm, wild = blocks.resolution(family.ratio("c0", "c1")), blocks.resolution(family.ratio("c6", "c7"))
    assert calm is not None and wild is not None and wild > 1.5 * calm


def test_the_fastest_of_equal_cells_owes_its_lead_to_being_chosen_and_loses_it_on_other_blocks() -> None:
    naive, unselected = [], []
    for seed in range(200):
        rates = drawn(seed, 9, 5)
        family = blocks.family({name: values for name, values in rates.items() if name != "c8"})
        first = family.order[0]
        naive.append(log(blocks.family(rates).ratio(first, "c8").estimate))
        found = blocks.unselected(rates, "c8")
        assert found is not None
        unselected.append(log(found))
    assert np.mean(naive) > 0.012
    assert abs(np.mean(unselected)) < 0.005


def test_the_smallest_difference_shrinks_with_repeats_and_grows_with_cells_and_scatter() -> None:
    usual = blocks.smallest_difference(8, 5, 0.03)
    assert 0.05 < usual < 0.12
    assert blocks.smallest_difference(8, 10, 0.03) < usual < blocks.smallest_difference(16, 5, 0.03)
    assert blocks.smallest_difference(8, 5, 0.06) > 1.9 * usual
    assert blocks.smallest_difference(8, 1, 0.03) == blocks.smallest_difference(1, 5, 0.03) == inf
