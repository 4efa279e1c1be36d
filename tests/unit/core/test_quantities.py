"""Numbers and quantities as text."""

from __future__ import annotations

from math import inf, nan

from services.core.quantities import about_size, about_time, duration, number, percent, size


def test_a_number_has_three_significant_digits_and_all_whole_ones() -> None:
    for value, text in (
        (0.0, "0"),
        (0.01234, "0.0123"),
        (0.000004321, "0.00000432"),
        (1.0, "1.00"),
        (-0.5, "-0.500"),
        (9.999, "10.0"),
        (99.96, "100"),
        (717.4, "717"),
        (999.7, "1,000"),
        (12_345.6, "12,346"),
    ):
        assert number(value) == text


def test_a_count_is_exact_and_an_unknown_figure_is_a_dash() -> None:
    assert [number(value) for value in (0, 4, 12_345, None)] == ["0", "4", "12,345", "–"]


def test_a_value_that_is_not_a_finite_number_is_shown_as_it_is() -> None:
    assert [number(value) for value in (nan, inf, -inf)] == ["nan", "inf", "-inf"]


def test_a_share_is_in_percent_with_a_decimal_where_it_is_small() -> None:
    for share, text in ((0.0, "0 %"), (0.013, "1.3 %"), (0.0199, "2 %"), (0.87, "87 %"), (1.2, "120 %")):
        assert percent(share) == text


def test_a_duration_has_the_unit_that_fits() -> None:
    for seconds, text in (
        (None, "–"),
        (0.0, "0 s"),
        (0, "0 s"),
        (42e-9, "42.0 ns"),
        (310e-6, "310 µs"),
        (0.0081, "8.10 ms"),
        (0.9999, "1.00 s"),
        (5.6, "5.60 s"),
        (5, "5.00 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (7380, "2 h 3 min"),
    ):
        assert duration(seconds) == text


def test_a_size_has_the_unit_that_fits() -> None:
    for count, text in (
        (None, "–"),
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.00 KiB"),
        (45 * 2**20, "45.0 MiB"),
        (3 * 2**29, "1.50 GiB"),
        (2**53, "8,192 TiB"),
    ):
        assert size(count) == text


def test_an_estimated_time_has_only_the_digits_that_an_estimate_has() -> None:
    texts = [about_time(seconds) for seconds in (0.2, 40.4, 284, 5400, 9000)]
    assert texts == ["1 s", "40 s", "5 min", "90 min", "2.5 h"]


def test_an_estimated_size_has_two_digits() -> None:
    texts = [about_size(count) for count in (0, 512, 3 << 10, 48 << 20, 434 << 20, 1536 << 20, 64 << 30)]
    assert texts == ["0 B", "510 B", "3 KiB", "48 MiB", "430 MiB", "1.5 GiB", "64 GiB"]
