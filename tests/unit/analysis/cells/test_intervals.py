"""Intervals hold what they promise: checked against every possible resample, against SciPy, and by their errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from services.analysis.cells import intervals
from services.core.summary import Interval

Floats = NDArray[np.float64]


def blocks(figures: Floats | list[float]) -> dict[int, float]:
    return dict(enumerate(np.asarray(figures).tolist()))


@pytest.mark.parametrize("count", range(2, 7))
def test_the_bootstrap_distribution_is_that_of_every_possible_resample(count: int) -> None:
    figures = [float(3**place) for place in range(count)]
    every = Counter(float(np.median(resample)) for resample in product(figures, repeat=count))
    found = intervals._of_median(figures)
    expected = {value: times / count**count for value, times in every.items()}
    assert dict(zip(found.values.tolist(), found.weights.tolist(), strict=True)) == pytest.approx(expected)


def test_the_bootstrap_distribution_is_whole() -> None:
    for count in [2, 3, 8, 9, 40, 41, 500]:
        found = intervals._of_median(np.arange(count).tolist())
        assert found.weights.sum() == pytest.approx(1)
        assert found.weights.min() >= 0
        assert (found.values * found.weights).sum() == pytest.approx((count - 1) / 2)


def test_the_jackknife_leaves_out_each_figure_once() -> None:
    for count in range(2, 9):
        figures = np.sort(np.random.default_rng(count).lognormal(size=count))
        expected = [np.median(np.delete(figures, place)) for place in range(count)]
        assert intervals._of_median(figures.tolist()).left_out[0] == pytest.approx(expected)


def test_the_jackknife_of_a_ratio_leaves_out_each_figure_of_each_side_once() -> None:
    a, b = np.array([3.0, 5.0, 8.0, 13.0]), np.array([1.0, 2.0, 7.0])
    found = intervals._over(intervals._of_median(a.tolist()), intervals._of_median(b.tolist()))
    middle_a, middle_b = np.median(a), np.median(b)
    assert found.left_out[0] == pytest.approx([np.median(np.delete(a, place)) / middle_b for place in range(4)])
    assert found.left_out[1] == pytest.approx([middle_a / np.median(np.delete(b, place)) for place in range(3)])


def test_the_acceleration_is_the_skewness_of_the_jackknife() -> None:
    one, other = np.array([1.0, 2.0, 6.0]), np.array([4.0, 4.0, 4.0, 8.0])
    # Deviations from the mean, 2 1 -3 and 1 1 1 -3: their cubes add up to -18 and -24, their squares to 14 and 12.
    assert intervals._acceleration([one]) == pytest.approx(-18 / (6 * 14**1.5))
    # Each side weighs by its part of the influence function: (n - 1) / n of the deviation.
    cubes = -18 * (2 / 3) ** 3 - 24 * (3 / 4) ** 3
    squares = 14 * (2 / 3) ** 2 + 12 * (3 / 4) ** 2
    assert intervals._acceleration([one, other]) == pytest.approx(cubes / (6 * squares**1.5))


def test_levels_are_shifted_by_bias_and_acceleration() -> None:
    skewed = intervals._Bootstrap(
        estimate=2.0,
        values=np.array([1.0, 2.0, 3.0]),
        weights=np.array([0.2, 0.4, 0.4]),
        left_out=(np.array([1.0, 2.0, 6.0]),),
    )
    bias, acceleration = stats.norm.ppf(0.4), -18 / (6 * 14**1.5)
    quantile = stats.t.ppf(0.975, 2) * 1.5**0.5
    expected = [
        stats.norm.cdf(bias + (bias + wanted) / (1 - acceleration * (bias + wanted)))
        for wanted in (-quantile, quantile)
    ]
    assert intervals._levels(skewed) == pytest.approx(expected, rel=1e-9)


def level(quantile: float) -> float:
    """Confidence of an interval between the normal quantiles -quantile and quantile."""
    return float(2 * stats.norm.cdf(quantile) - 1)


def test_bounds_of_a_median_are_those_of_scipy_at_the_widened_level() -> None:
    for seed in range(6):
        for count in [7, 11, 15]:
            figures = np.random.default_rng(seed).lognormal(sigma=0.3, size=count)
            widened = level(stats.t.ppf(0.975, count - 1) * (count / (count - 1)) ** 0.5)
            theirs = stats.bootstrap(
                (figures,), np.median, method="BCa", confidence_level=widened, n_resamples=50_000, rng=seed
            ).confidence_interval
            ours = intervals.median(figures.tolist())
            assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_bounds_of_a_ratio_are_those_of_scipy_at_the_widened_level() -> None:
    for seed in range(6):
        random = np.random.default_rng(seed)
        a, b = random.lognormal(sigma=0.1, size=5), random.lognormal(sigma=0.3, size=4)
        widened = level(stats.t.ppf(0.975, 7) * (4 / 3) ** 0.5)

        def ratio(a: Floats, b: Floats, axis: int = -1) -> Floats:
            found: Floats = np.median(a, axis=axis) / np.median(b, axis=axis)
            return found

        theirs = stats.bootstrap(
            (a, b), ratio, method="BCa", confidence_level=widened, n_resamples=100_000, rng=seed
        ).confidence_interval
        ours = intervals.ratio(blocks(a), blocks(b))
        # SciPy interpolates between neighbouring values of a distribution that has few, and draws.
        assert ours.low == pytest.approx(theirs.low, rel=0.02)
        assert ours.high == pytest.approx(theirs.high, rel=0.02)


def test_one_figure_has_no_interval() -> None:
    assert intervals.median([3]) == Interval(estimate=3, low=None, high=None)


def test_equal_figures_have_an_interval_of_no_width() -> None:
    assert intervals.median([3.0] * 5) == Interval(estimate=3, low=3, high=3)
    assert intervals.ratio(blocks([6.0] * 4), blocks([3.0] * 4)) == Interval(estimate=2, low=2, high=2)
    assert intervals.ratio(blocks([6.0] * 9), blocks([3.0] * 9)) == Interval(estimate=2, low=2, high=2)


def test_where_the_middle_does_not_move_bounds_are_percentiles() -> None:
    figures = [1, 5, 5, 5, 5, 5, 9]
    assert intervals._acceleration(intervals._of_median(figures).left_out) is None
    assert intervals.median(figures) == Interval(estimate=5, low=1, high=9)


def test_up_to_five_figures_the_interval_is_their_range() -> None:
    for count in [2, 3, 4, 5]:
        figures = np.random.default_rng(count).permutation(10 + np.arange(count) ** 2).tolist()
        assert intervals.median(figures) == Interval(estimate=np.median(figures), low=10, high=10 + (count - 1) ** 2)


def test_the_interval_holds_its_median_and_stays_within_the_figures() -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        figures = (random.standard_cauchy(2 + seed) ** 2).tolist()
        found = intervals.median(figures)
        assert found.low is not None and found.high is not None
        assert min(figures) <= found.low <= found.estimate <= found.high <= max(figures)
        assert found.estimate == pytest.approx(float(np.median(figures)))


def test_neither_order_nor_unit_changes_an_interval() -> None:
    for count in [3, 4, 9, 10]:
        figures = np.random.default_rng(count).lognormal(size=count)
        found = intervals.median(figures.tolist())
        assert intervals.median(figures[::-1].tolist()) == found
        larger = intervals.median((figures * 1024).tolist())
        assert found.low is not None and found.high is not None
        assert larger == Interval(estimate=found.estimate * 1024, low=found.low * 1024, high=found.high * 1024)


def test_more_repeats_narrow_the_interval() -> None:
    figures = np.random.default_rng(1).normal(100, 5, 200)
    widths = []
    for count in (10, 50, 200):
        found = intervals.median(figures[:count].tolist())
        assert found.low is not None and found.high is not None
        widths.append(found.high - found.low)
    assert widths[0] > widths[1] > widths[2]


def test_a_ratio_of_one_repeat_has_no_interval() -> None:
    assert intervals.ratio({0: 6.0}, {0: 3.0}) == Interval(estimate=2, low=None, high=None)
    assert intervals.ratio({0: 6.0}, blocks([3.0, 3.0, 4.0])) == Interval(estimate=2, low=None, high=None)


def test_below_six_common_blocks_the_two_are_resampled_apart() -> None:
    a, b = blocks([10, 20, 30]), blocks([1, 2, 3])
    assert intervals.ratio(a, b) == Interval(estimate=10, low=10 / 3, high=30)


def test_from_six_common_blocks_on_drift_that_hits_both_cancels() -> None:
    drift = np.array([1, 2, 4, 8, 16, 32], dtype=np.float64)
    assert intervals.ratio(blocks(drift * 3), blocks(drift)) == Interval(estimate=3, low=3, high=3)


def test_pairs_are_made_by_block_and_not_by_order() -> None:
    drift = np.array([1, 2, 4, 8, 16, 32], dtype=np.float64)
    b = dict(reversed(blocks(drift).items()))
    a = blocks(drift * 3) | {99: 1e6}
    assert intervals.ratio(a, b) == Interval(estimate=3, low=3, high=3)


def test_swapping_the_sides_turns_a_ratio_over() -> None:
    random = np.random.default_rng(2)
    a, b = blocks(random.lognormal(size=4)), blocks(random.lognormal(size=4))
    one, other = intervals.ratio(a, b), intervals.ratio(b, a)
    assert one.low is not None and other.high is not None
    assert one.estimate == pytest.approx(1 / other.estimate)
    assert one.low == pytest.approx(1 / other.high, rel=0.2)


def called(count: int, noise: Callable[[np.random.Generator], Floats], times: float, pairs: int = 1500) -> float:
    """How often a difference is called between two cells with `noise` (2 x count), one `times` as fast."""
    random = np.random.default_rng(count)
    found = 0
    for _ in range(pairs):
        a, b = noise(random)
        interval = intervals.ratio(blocks(a * times), blocks(b))
        assert interval.low is not None and interval.high is not None
        found += not interval.low <= 1 <= interval.high
    return found / pairs


@pytest.mark.parametrize("count", [4, 5, 6, 7, 8, 9, 10, 15])
def test_equal_cells_are_told_apart_in_5_of_100_at_most(count: int) -> None:
    assert called(count, lambda random: np.exp(random.normal(0, 0.03, (2, count))), times=1) <= 0.05


@pytest.mark.parametrize("count", [4, 5, 6, 7, 8, 9, 10, 15])
def test_equal_cells_with_outliers_are_told_apart_in_5_of_100_at_most(count: int) -> None:
    assert called(count, lambda random: np.exp(-abs(random.standard_t(2, (2, count))) / 30), times=1) <= 0.05


@pytest.mark.parametrize("count", [4, 5, 6, 7, 10])
def test_a_tenth_more_is_found_in_90_of_100_at_least_where_noise_is_a_fiftieth(count: int) -> None:
    assert called(count, lambda random: np.exp(random.normal(0, 0.02, (2, count))), times=1.1) >= 0.9


def test_a_tenth_more_is_found_under_drift_five_times_as_large() -> None:
    def noise(random: np.random.Generator) -> Floats:
        return np.exp(random.normal(0, 0.02, (2, 6)) + random.normal(0, 0.5, 6))

    assert called(6, noise, times=1.1) >= 0.9


@pytest.mark.parametrize("count", [6, 7, 8, 9, 10, 15, 20])
def test_the_interval_of_a_median_misses_the_true_one_in_5_of_100_at_most(count: int) -> None:
    random = np.random.default_rng(count)
    missed = 0
    for figures in random.lognormal(sigma=0.5, size=(2000, count)):
        found = intervals.median(figures.tolist())
        assert found.low is not None and found.high is not None
        missed += not found.low <= 1 <= found.high
    assert missed / 2000 <= 0.055
