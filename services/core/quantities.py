"""Numbers and quantities as text, for every room: three significant digits, and a unit that fits."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import Final

from services.core.units import Bytes, Seconds

#: In the place of an unknown figure.
NOTHING: Final = "–"
_UNITS: Final = ("KiB", "MiB", "GiB", "TiB")


def number(value: float | None) -> str:
    """Return a number with three significant digits: `0.0123`, `50.0`, `123`; from 1,000 on with all whole digits.

    Integers are exact. There are no powers of ten. None is a dash.
    """
    if value is None:
        return NOTHING
    if isinstance(value, int):
        return f"{value:,}"
    if value == 0 or not isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.2e}") if abs(value) < 999.5 else value
    return f"{rounded:,.{max(2 - floor(log10(abs(rounded))), 0)}f}"


def percent(share: float) -> str:
    """Return a share of 1: `87 %`; below 2 % with a decimal: `1.3 %`."""
    return f"{share * 100:.1f} %" if 0 < abs(share) < 0.0195 else f"{share * 100:.0f} %"


def duration(seconds: Seconds | None) -> str:
    """Return a time in the unit that leaves few digits: `310 µs`, `8.10 ms`, `1.50 s`, `3 min 20 s`, `2 h 3 min`."""
    if seconds is None:
        return NOTHING
    if seconds == 0:
        return "0 s"
    if abs(seconds) < 59.95:
        for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
            if abs(seconds) >= 0.9995 * size:
                return f"{number(float(seconds / size))} {unit}"
        return f"{number(float(seconds * 1e9))} ns"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def size(count: Bytes | None) -> str:
    """Return an amount of memory: `512 B`, `45.2 MiB`, `2.00 GiB`."""
    if count is None:
        return NOTHING
    power = _power(count)
    return f"{number(count / 1024**power)} {_UNITS[power - 1]}" if power else f"{count} B"


def about_time(seconds: Seconds) -> str:
    """Return an estimated time without the digits that an estimate does not have: `40 s`, `5 min`, `2.5 h`."""
    if seconds < 99.5:
        return f"{max(1, round(seconds))} s"
    if seconds < 99.5 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.2g} h"


def about_size(count: Bytes) -> str:
    """Return an estimated amount of memory with two digits: `430 MiB`, `1.5 GiB`, `64 GiB`."""
    power = _power(count)
    value = count / 1024**power
    shown = f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{float(f'{value:.1e}'):,.0f}"
    return f"{shown} {_UNITS[power - 1] if power else 'B'}"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: `1 task`, `2 tasks`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _power(count: Bytes) -> int:
    """Return the power of 1024 of the largest unit that the amount reaches."""
    return min((abs(count).bit_length() - 1) // 10, len(_UNITS)) if count else 0
