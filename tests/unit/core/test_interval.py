"""Arithmetic on an estimate and its bounds."""

from __future__ import annotations

import pytest

from services.core.summary import Interval

WIDE = Interval(estimate=4, low=2, high=8)
UNBOUNDED = Interval.unbounded(4)


def test_an_estimate_without_bounds_has_no_width() -> None:
    assert (UNBOUNDED.bounds, UNBOUNDED.half_width) == (None, None)


def test_the_half_width_is_in_the_unit_of_the_estimate() -> None:
    assert (WIDE.bounds, WIDE.half_width) == ((2, 8), 3)


@pytest.mark.parametrize("interval", [WIDE, UNBOUNDED])
def test_scaling_and_scaling_back_changes_nothing(interval: Interval) -> None:
    assert interval.scaled(1024).scaled(1 / 1024) == interval
    assert interval.scaled(0.5).estimate == 2


def test_the_upper_bound_of_the_inverse_comes_from_the_lower_bound() -> None:
    assert WIDE.inverse() == Interval(estimate=0.25, low=0.125, high=0.5)
    assert UNBOUNDED.inverse() == Interval.unbounded(0.25)
