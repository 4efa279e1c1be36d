"""Moments and the time left."""

from __future__ import annotations

from services.views import times


def test_a_moment_is_in_utc_for_a_page() -> None:
    assert times.iso(0) == "1970-01-01T00:00:00+00:00"
    assert times.utc(0) == "1 Jan 1970, 00:00 UTC"


def test_the_time_left_is_an_estimate_and_empty_while_unknown() -> None:
    assert [times.left(seconds) for seconds in (None, 0.2, 59.6, 125.0)] == [
        "",
        "about 1 s left",
        "about 60 s left",
        "about 2 min left",
    ]
