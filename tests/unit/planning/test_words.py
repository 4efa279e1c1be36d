from __future__ import annotations

from services.planning.words import about_time, size


def test_an_estimated_time_has_no_more_digits_than_it_is_worth() -> None:
    said = [about_time(seconds) for seconds in (0.2, 40.4, 284, 5400, 9000)]
    assert said == ["about 1 s", "about 40 s", "about 5 min", "about 90 min", "about 2.5 h"]


def test_an_estimated_size_has_two_digits() -> None:
    said = [size(count) for count in (3 << 10, 48 << 20, 434 << 20, 1536 << 20, 64 << 30)]
    assert said == ["3 KiB", "48 MiB", "430 MiB", "1.5 GiB", "64 GiB"]
