"""The words for bounds say what `intervals` gives for so many repeats, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from services.analysis.cells import intervals
from services.analysis.coverage import FEWEST_FOR_95, median_bounds, ratio_bounds, slope_bounds


def test_few_repeats_have_a_range_and_its_coverage() -> None:
    assert median_bounds([2]) == "range of 2 repeats (covers the median in 50 %)"
    assert median_bounds([3, 3]) == "range of 3 repeats (covers the median in 75 %)"
    assert median_bounds([5]) == "range of 5 repeats (covers the median in 94 %)"
    assert median_bounds([8]) == median_bounds([15, 8]) == "95 % interval"


def test_cells_of_different_repeats_have_the_fewest_and_the_most() -> None:
    assert median_bounds([15, 3, 7]) == "range of 3 repeats (covers the median in 75 %) to 95 % interval"
    assert median_bounds([3, 1, 0]) == median_bounds([3])


def test_one_repeat_has_no_bounds() -> None:
    assert median_bounds([1, 0]) == median_bounds([]) == ratio_bounds([1]) == ""


def test_ratios_and_slopes_have_words_of_their_own() -> None:
    assert ratio_bounds([2]) == "range over 2 repeats (covers the ratio in 67 %)"
    assert ratio_bounds([3]) == "range over 3 repeats (covers the ratio in 90 %)"
    assert ratio_bounds([4]) == "95 % interval"
    assert slope_bounds([3]) == "95 % interval of the slope"


def test_an_interval_is_the_range_up_to_seven_repeats_and_narrower_from_eight_on() -> None:
    random = np.random.default_rng(1)
    for count in range(2, 16):
        figures = random.lognormal(size=count).tolist()
        found = intervals.median(figures)
        assert ((found.low, found.high) == (min(figures), max(figures))) == (count < FEWEST_FOR_95), count


def test_the_intervals_cover_what_their_words_promise() -> None:
    random = np.random.default_rng(2)
    for count, promised in ((2, 0.5), (3, 0.75), (5, 0.9375), (8, 0.95)):
        samples = random.lognormal(size=(2000, count))
        found = [intervals.median(figures) for figures in samples.tolist()]
        covered = sum(one.low <= 1 <= one.high for one in found if one.low is not None and one.high is not None)
        assert covered / len(samples) > promised - 0.03, count
        if count < FEWEST_FOR_95:
            assert covered / len(samples) == pytest.approx(promised, abs=0.03), count


def test_the_ratios_of_equal_cells_cover_1_as_their_words_promise() -> None:
    random = np.random.default_rng(3)
    for count, promised in ((2, 2 / 3), (3, 0.9), (4, 0.95), (6, 0.95), (8, 0.95)):
        pairs = random.lognormal(sigma=0.05, size=(1500, 2, count))
        found = [intervals.ratio(dict(enumerate(one)), dict(enumerate(other))) for one, other in pairs.tolist()]
        covered = sum(each.low <= 1 <= each.high for each in found if each.low is not None and each.high is not None)
        assert covered / len(pairs) > promised - 0.03, count
