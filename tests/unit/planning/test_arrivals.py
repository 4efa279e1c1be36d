"""When tasks are sent at a planned rate."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean, pstdev

import pytest

from services.core.experiment import Arrivals
from services.planning.trial_specs import schedule

either = pytest.mark.parametrize("arrivals", Arrivals)


def gaps(rate: float, arrivals: Arrivals, *, window: float = 100.0, seed: str = "7/0/0") -> list[float]:
    times = schedule(rate, window, 20, arrivals, seed)
    return [later - earlier for earlier, later in pairwise(times)]


@either
def test_the_first_is_sent_at_once_and_the_last_ends_the_window(arrivals: Arrivals) -> None:
    times = schedule(50.0, 2.0, 20, arrivals, "7/0/0")
    assert times[0] == 0
    assert times[-2] < 2.0 <= times[-1]
    assert list(times) == sorted(times)


@either
def test_a_low_rate_goes_on_until_there_are_enough_tasks(arrivals: Arrivals) -> None:
    assert len(schedule(0.5, 1.0, 20, arrivals, "7/0/0")) == 20


def test_constant_arrivals_are_evenly_spaced_whatever_the_seed() -> None:
    found = gaps(8.0, Arrivals.CONSTANT)
    assert found == pytest.approx([0.125] * 800)
    assert found == gaps(8.0, Arrivals.CONSTANT, seed="another")


def test_the_gaps_of_poisson_arrivals_scatter_as_much_as_they_are_long() -> None:
    """As those of an exponential distribution do; of 10,000, mean and deviation are within a few percent."""
    found = gaps(100.0, Arrivals.POISSON)
    assert fmean(found) == pytest.approx(0.01, rel=0.05)
    assert pstdev(found) == pytest.approx(0.01, rel=0.08)


def test_poisson_arrivals_are_the_same_for_the_same_seed_only() -> None:
    assert gaps(10.0, Arrivals.POISSON) == gaps(10.0, Arrivals.POISSON)
    assert gaps(10.0, Arrivals.POISSON) != gaps(10.0, Arrivals.POISSON, seed="7/1/0")
