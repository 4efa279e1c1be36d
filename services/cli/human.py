"""Figures for people: three digits that count, and a unit that fits."""

from __future__ import annotations

import time

from services.core.damage import Damage
from services.core.units import Bytes, Rate, Seconds, Timestamp, Value

#: In the place of a figure that there is none of.
NOTHING = "–"


def digits(number: float) -> str:
    """`0.123`, `50.0`, `123`, `12,345`."""
    if abs(number) >= 999.5:
        return f"{number:,.0f}"
    return "0" if number == 0 else f"{number:#.3g}".rstrip(".")


def duration(seconds: Seconds) -> str:
    """A short time: `310 µs`, `8.10 ms`, `1.50 s`."""
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if abs(seconds) >= 0.9995 * size:
            return f"{digits(seconds / size)} {unit}"
    return f"{digits(seconds * 1e9)} ns"


def left(seconds: Seconds | None) -> str:
    """Time left to wait: `40 s left`, `2 min 05 s left`; empty when nobody knows."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s left" if minutes else f"{rest} s left"


def size(count: Bytes) -> str:
    """Memory: `512 KiB`, `45.2 MiB`, `2.00 GiB`."""
    for scale, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if abs(count) >= scale:
            return f"{digits(count / scale)} {unit}"
    return f"{count} B"


def rate(per_second: Rate) -> str:
    """Tasks a second, without the unit."""
    return digits(per_second)


def call(workload: str, params: dict[str, Value]) -> str:
    """`primes(limit=20000)`."""
    return f"{workload}({', '.join(f'{name}={value}' for name, value in params.items())})"


def damage(found: Damage) -> str:
    """What was damaged in the store's files, with the time it was found."""
    return f"The store's files were damaged (found {moment(found.found)}). {found.words}"


def moment(at: Timestamp) -> str:
    """Local time to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
