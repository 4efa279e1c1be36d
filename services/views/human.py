"""Figures for people: three digits that count, and a unit that fits."""

from __future__ import annotations

import time

from services.core.damage import Damage
from services.core.quantities import digits, duration, rate, size
from services.core.units import Seconds, Timestamp, Value

__all__ = ["NOTHING", "call", "damage", "digits", "duration", "left", "moment", "rate", "size"]

#: In the place of a figure that there is none of.
NOTHING = "–"


def left(seconds: Seconds | None) -> str:
    """Time left to wait: `40 s left`, `2 min 05 s left`; empty when nobody knows."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s left" if minutes else f"{rest} s left"


def call(workload: str, params: dict[str, Value]) -> str:
    """`primes(limit=20000)`."""
    return f"{workload}({', '.join(f'{name}={value}' for name, value in params.items())})"


def damage(found: Damage) -> str:
    """What was damaged in the store's files, with the time it was found."""
    return f"The store's files were damaged (found {moment(found.found)}). {found.words}"


def moment(at: Timestamp) -> str:
    """Local time to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
