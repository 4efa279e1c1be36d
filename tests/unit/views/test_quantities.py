from __future__ import annotations

import pytest

from services.views import quantities


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "0"), (4, "4"), (12_345, "12,345"), (0.0, "0"), (12_345.0, "12,300"), (717.4, "717"),
     (1.0, "1.00"), (0.01234, "0.0123"), (-0.5, "-0.500"), (9.999, "10.0"), (float("nan"), "nan")],
)  # fmt: skip
def test_numbers_have_three_digits_that_count(value: float | None, text: str) -> None:
    assert quantities.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.0000312, "31.2 µs"), (0.00124, "1.24 ms"), (5.6, "5.60 s"), (60, "1 min"), (200, "3 min 20 s"),
     (3600, "1 h"), (7380, "2 h 3 min")],
)  # fmt: skip
def test_durations_choose_their_unit(seconds: float | None, text: str) -> None:
    assert quantities.duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (41.4, "41 s"), (99, "99 s"), (130, "2 min")])
def test_guesses_claim_no_precision(seconds: float, text: str) -> None:
    assert quantities.about(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, "–"), (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (88_400_000, "84.3 MiB"), (2**53, "8,190 TiB")],
)
def test_sizes_choose_their_unit(count: int | None, text: str) -> None:
    assert quantities.size(count) == text


def test_moments_are_utc() -> None:
    assert quantities.moment(0) == "1970-01-01T00:00:00+00:00"
    assert quantities.day_and_time(0) == "1 Jan 1970, 00:00 UTC"
