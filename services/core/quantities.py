"""Figures for people: three digits that count, and a unit that fits."""

from __future__ import annotations

from services.core.units import Bytes, Rate, Seconds


def digits(number: float) -> str:
    """Return a number with three digits: `0.123`, `50.0`, `123`, `12,345`."""
    if abs(number) >= 999.5:
        return f"{number:,.0f}"
    return "0" if number == 0 else f"{number:#.3g}".rstrip(".")


def rate(per_second: Rate) -> str:
    """Return tasks per second, without the unit."""
    return digits(per_second)


def percent(share: float) -> str:
    """Return a share of 1: `87 %`; below 2 % with a decimal: `1.3 %`."""
    return f"{share * 100:.1f} %" if 0 < abs(share) < 0.0195 else f"{share * 100:.0f} %"


def duration(seconds: Seconds) -> str:
    """Return a short time: `310 µs`, `8.10 ms`, `1.50 s`."""
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if abs(seconds) >= 0.9995 * size:
            return f"{digits(seconds / size)} {unit}"
    return f"{digits(seconds * 1e9)} ns"


def size(count: Bytes) -> str:
    """Return an amount of memory: `512 KiB`, `45.2 MiB`, `2.00 GiB`."""
    for scale, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if abs(count) >= scale:
            return f"{digits(count / scale)} {unit}"
    return f"{count} B"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 task`, `2 tasks`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
