"""Values with their units, as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from math import floor, isfinite, log10

from services.core.units import Bytes, Seconds, Timestamp


def number(value: float | None, digits: int = 3) -> str:
    """Rounded to `digits` significant digits, never in powers of ten: 12,300 and 0.0123. A dash for None.

    Counts (int) are exact, and whatever is no finite number is said as it is.
    """
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    if value == 0 or not isfinite(value):
        return f"{value:g}"
    rounded = float(f"{value:.{digits - 1}e}")
    return f"{rounded:,.{max(digits - 1 - floor(log10(abs(rounded))), 0)}f}"


def duration(seconds: Seconds | None) -> str:
    """In the unit that leaves few digits: 31 µs, 1.24 ms, 5.6 s, 3 min 20 s."""
    if seconds is None:
        return "–"
    if seconds < 1e-3:
        return f"{number(seconds * 1e6)} µs"
    if seconds < 1:
        return f"{number(seconds * 1e3)} ms"
    if seconds < 59.5:
        return f"{number(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def about(seconds: Seconds | None) -> str:
    """A guess: whole seconds, and minutes once there are a few."""
    if seconds is None:
        return "–"
    return f"{max(round(seconds), 1)} s" if seconds < 100 else f"{round(seconds / 60)} min"


def size(count: Bytes | None) -> str:
    """In binary units: 84.3 MiB."""
    if count is None:
        return "–"
    if count < 1024:
        return f"{count} B"
    power = min((count.bit_length() - 1) // 10, 4)
    return f"{number(count / 1024**power)} {('KiB', 'MiB', 'GiB', 'TiB')[power - 1]}"


def moment(timestamp: Timestamp) -> str:
    """ISO 8601 in UTC, for a <time> element."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")


def day_and_time(timestamp: Timestamp) -> str:
    """22 Nov 2026, 13:24 UTC; the page turns it into the reader's own time where it can."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%-d %b %Y, %H:%M UTC")


FILTERS = {one.__name__: one for one in (number, duration, about, size, moment, day_and_time)}
