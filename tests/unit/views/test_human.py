"""Figures for people."""

from __future__ import annotations

import pytest

from services.core.quantities import percent
from services.views import human


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (0.12345, "0.123"), (50, "50.0"), (99.96, "100"), (123.4, "123"), (999.7, "1,000"), (12345.6, "12,346")],
)
def test_a_figure_has_the_three_digits_that_count(number: float, text: str) -> None:
    assert human.digits(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.5, "1.50 s"), (0.9999, "1.00 s"), (0.0081, "8.10 ms"), (310e-6, "310 µs"), (42e-9, "42.0 ns"), (0.0, "0 ns")],
)
def test_a_time_has_the_unit_that_fits(seconds: float, text: str) -> None:
    assert human.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(12, "12 B"), (2048, "2.00 KiB"), (45 * 2**20, "45.0 MiB"), (3 * 2**29, "1.50 GiB")]
)
def test_memory_has_the_unit_that_fits(count: int, text: str) -> None:
    assert human.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0.2, "0 s left"), (59.6, "1 min 00 s left"), (125.0, "2 min 05 s left")]
)
def test_the_time_left_is_in_minutes_and_seconds(seconds: float | None, text: str) -> None:
    assert human.left(seconds) == text


def test_a_share_is_in_percent_with_a_decimal_where_it_is_small() -> None:
    for share, text in ((0.0, "0 %"), (0.013, "1.3 %"), (0.0199, "2 %"), (0.87, "87 %"), (1.2, "120 %")):
        assert percent(share) == text
