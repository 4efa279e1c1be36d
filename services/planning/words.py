"""Estimates as text: no more digits than an estimate has."""

from __future__ import annotations

from services.core.units import Bytes, Seconds


def about_time(seconds: Seconds) -> str:
    """`about 40 s`, `about 5 min`, `about 2.5 h`."""
    if seconds < 99.5:
        return f"about {max(1, round(seconds))} s"
    if seconds < 99.5 * 60:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.2g} h"


def about_size(count: Bytes) -> str:
    """`about 430 MiB`, `about 64 GiB`."""
    return f"about {size(count)}"


def size(count: Bytes) -> str:
    """`430 MiB`, `1.5 GiB`, `64 GiB`: two digits."""
    for scale, unit in ((2**30, "GiB"), (2**20, "MiB")):
        if count >= scale:
            return f"{_two_digits(count / scale)} {unit}"
    return f"{_two_digits(count / 2**10)} KiB"


def _two_digits(value: float) -> str:
    if value < 9.95:
        return f"{value:.1f}".removesuffix(".0")
    return f"{float(f'{value:.1e}'):,.0f}"
