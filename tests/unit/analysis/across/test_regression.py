"""A fit is the best there is, its intervals hold what they promise, and the same figures give the same ones."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import optimize, stats

from services.analysis.across import regression
from services.analysis.across.regression import Fitted, Points

Floats = NDArray[np.float64]
PLACES = (1, 2, 4, 8, 16)


def points(seed: int, *, blocks: int = 5, noise: float = 0.1) -> Points:
    """About 3 + 2 at."""
    random = np.random.default_rng(seed)
    return Points.of(
        [(at, (3 + 2 * at) * float(np.exp(random.normal(0, noise))), block) for at in PLACES for block in range(blocks)]
    )


def line(given: Points) -> Floats:
    return np.stack((np.ones_like(given.at), given.at), axis=-1)


def curve(given: Points) -> Floats:
    return np.stack((np.ones_like(given.at), given.at, given.at * (given.at - 1)), axis=-1)


def test_the_estimate_is_that_of_scipy() -> None:
    for seed in range(8):
        given = points(seed)
        rows = line(given) / given.target[:, None]
        theirs = optimize.lsq_linear(rows, np.ones(len(rows))).x
        assert regression.fit(given, line(given), positive=False).estimate == pytest.approx(theirs)


def test_the_estimate_without_negative_parameters_is_that_of_scipy() -> None:
    for seed in range(20):
        given = points(seed, noise=0.3)
        rows = curve(given) / given.target[:, None]
        theirs, _ = optimize.nnls(rows, np.ones(len(rows)))
        assert regression.fit(given, curve(given), positive=True).estimate == pytest.approx(theirs, abs=1e-9)


def test_some_of_those_have_a_parameter_that_would_be_negative() -> None:
    estimates = [
        regression.fit(points(seed, noise=0.3), curve(points(0)), positive=True).estimate for seed in range(20)
    ]
    assert 0 < sum((estimate == 0).any() for estimate in estimates) < 20


def test_every_draw_is_the_fit_of_the_blocks_drawn() -> None:
    given = points(1, blocks=3)
    fitted = regression.fit(given, line(given), positive=False)
    for times, draw in zip(regression._drawn(3)[:20], fitted.draws[:20], strict=True):
        rows = np.concatenate(
            [np.flatnonzero(given.block == block) for block in np.repeat(range(3), times.astype(int))]
        )
        again = Points(given.at[rows], given.target[rows], np.zeros(len(rows), dtype=np.intp))
        assert draw == pytest.approx(regression.fit(again, line(again), positive=False).estimate)


def test_neither_order_nor_unit_changes_a_fit() -> None:
    given = points(2)
    rows = list(zip(given.at.tolist(), given.target.tolist(), given.block.tolist(), strict=True))
    first = regression.fit(given, line(given), positive=True)
    turned = regression.fit(Points.of(rows[::-1]), line(given), positive=True)
    assert (turned.draws == first.draws).all() and (turned.estimate == first.estimate).all()
    larger = Points.of([(at, target * 1024, block) for at, target, block in rows])
    assert regression.fit(larger, line(larger), positive=True).estimate == pytest.approx(first.estimate * 1024)


def test_one_block_has_no_interval() -> None:
    given = points(3, blocks=1)
    fitted = regression.fit(given, line(given), positive=True)
    found = fitted.interval(fitted.estimate[0], fitted.draws[:, 0])
    assert (found.low, found.high) == (None, None)


def test_a_draw_without_some_place_is_left_out() -> None:
    whole = points(4, blocks=3)
    keep = ~((whole.at == 16) & (whole.block != 0))
    given = Points(whole.at[keep], whole.target[keep], whole.block[keep])
    fitted = regression.fit(given, line(given), positive=True)
    with_the_only_one = (regression._drawn(3)[:, 0] > 0).sum()
    assert 0 < len(fitted.draws) == with_the_only_one < regression.DRAWS


def test_an_interval_holds_its_estimate() -> None:
    for seed in range(20):
        given = points(seed, blocks=2)
        fitted = regression.fit(given, line(given), positive=True)
        found = fitted.interval(fitted.estimate[1], fitted.draws[:, 1])
        assert found.low is not None and found.high is not None
        assert found.low <= found.estimate <= found.high


def test_an_interval_is_never_beside_its_estimate() -> None:
    draws = np.linspace(2, 3, 101)
    beside = Fitted(estimate=np.zeros(1), draws=draws[:, None], blocks=5)
    assert beside.interval(1.0, draws).low == 1
    assert beside.interval(4.0, draws).high == 4


@pytest.mark.parametrize("blocks", [3, 7, 15])
def test_levels_are_widened_for_few_blocks(blocks: int) -> None:
    draws = np.linspace(0, 1, 100_001)
    found = Fitted(estimate=np.zeros(1), draws=draws[:, None], blocks=blocks).interval(0.5, draws)
    beyond = stats.norm.cdf(-stats.t.ppf(0.975, blocks - 1) * (blocks / (blocks - 1)) ** 0.5)
    assert found.low == pytest.approx(beyond, rel=1e-6)
    assert found.high == pytest.approx(1 - beyond, rel=1e-6)


def test_every_process_draws_the_same_blocks() -> None:
    assert (regression._drawn.__wrapped__(5) == regression._drawn(5)).all()


@pytest.mark.parametrize(("blocks", "least"), [(3, 0.65), (5, 0.88), (10, 0.91)])
def test_an_interval_holds_the_true_slope_as_often_as_few_blocks_can(blocks: int, least: float) -> None:
    held = 0
    for seed in range(300):
        given = points(seed, blocks=blocks, noise=0.02)
        fitted = regression.fit(given, line(given), positive=False)
        found = fitted.interval(fitted.estimate[1], fitted.draws[:, 1])
        assert found.low is not None and found.high is not None
        held += found.low <= 2 <= found.high
    assert held / 300 >= least


def test_r_squared_is_the_share_of_the_variance_that_is_explained() -> None:
    assert regression.explained([1, 2, 3], [1, 2, 3], [1, 1, 1]) == 1
    assert regression.explained([1, 2, 3], [2, 2, 2], [1, 1, 1]) == 0
    assert regression.explained([1, 3, 1, 3], [1.5, 2.5, 1.5, 2.5], [1] * 4) == pytest.approx(0.75)
    assert regression.explained([1, 2, 3], [3, 2, 1], [1, 1, 1]) == 0
    assert regression.explained([0, 4, 9], [0, 4, 5], [1, 1, 0]) == 1
    assert regression.explained([0, 2, 100], [1, 1, 0], [1, 1, 0]) == 0


def test_where_nothing_varies_all_or_nothing_is_explained() -> None:
    assert regression.explained([2, 2], [2, 2], [1, 1]) == 1
    assert regression.explained([2, 2], [2, 3], [1, 1]) == 0


def test_deviation_is_relative() -> None:
    assert regression.deviation([110, 9], [100, 10]) == pytest.approx(0.1)
