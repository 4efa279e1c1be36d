"""Wording shared by verdicts: cells, rates, ratios and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.core.findings import Group
from services.core.models import Model
from services.core.quantities import size
from services.core.summary import CellSummary, Interval
from services.core.units import Bytes, Rate, Value, exact

#: Units that say what a value is, so that its parameter needs no name beside it.
_MEASURES = frozenset({"B", "KiB", "MiB", "ms", "s"})
_BYTES = "bytes"
_SCALES = ((2**20, "MiB"), (2**10, "KiB"))


def bare(cell: CellSummary) -> str:
    """Return a cell's name within its variant: `threads@4`, `threads@4x2`."""
    return _name(cell.model, cell.concurrency, cell.replicas)


def of_group(group: Group) -> str:
    """Return a group's name within its variant; `threads` where concurrency is what differs in it."""
    return _name(group.model, group.concurrency, group.replicas)


def _name(model: Model, concurrency: int | None, replicas: int) -> str:
    slots = "" if concurrency is None else f"@{concurrency}"
    return f"{model}{slots}{'' if replicas == 1 else f'x{replicas}'}"


def label(variant: Mapping[str, Value], units: Mapping[str, str]) -> str:
    """Return a variant's values with their units: `1 MiB`, `50 ms`, `limit 2,000`, `kind pipe, 0 B`."""
    return ", ".join(_value(name, value, units.get(name, "")) for name, value in variant.items())


def _value(name: str, value: Value, unit: str) -> str:
    if unit == _BYTES and isinstance(value, int):
        return _bytes(value)
    shown = f"{value:,}" if isinstance(value, int) else exact(value)
    return f"{shown} {unit}" if unit in _MEASURES else f"{name} {shown}"


def _bytes(count: Bytes) -> str:
    """Return a declared size exactly: `1 MiB`, and `1.50 KiB` where it is no whole number of its unit."""
    whole = next((each for each in _SCALES if count >= each[0] and count % each[0] == 0), None)
    return size(count) if whole is None else f"{count // whole[0]} {whole[1]}"


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return `a`, `a and b`, `a, b and c`, or the first names and how many more there are."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def rate(per_second: Rate) -> str:
    """Return a planned rate as cell names write it: `50/s`."""
    return f"{exact(per_second)}/s"


def times(ratio: Interval) -> str:
    """Return `1.92 times`."""
    return f"{ratio.estimate:.{_decimals(ratio)}f} times"


def bounds(ratio: Interval) -> str:
    """Return ` (1.88 to 1.95)`; empty where there are none."""
    if ratio.bounds is None:
        return ""
    decimals = _decimals(ratio)
    return f" ({ratio.low:.{decimals}f} to {ratio.high:.{decimals}f})"


def difference(of: float) -> str:
    """Return a relative difference: `0.4 %`, `7.2 %`, `31 %`, and `a factor of 3.7` from twice as much on."""
    if of >= 1:
        return f"a factor of {1 + of:.1f}"
    return f"{100 * of:.0f} %" if of >= 0.0995 else f"{100 * of:.1f} %"


def _decimals(ratio: Interval) -> int:
    """Return the decimals: one; two if the bounds lie within 0.1; up to four if a value is near 1."""
    values = [value for value in (ratio.estimate, ratio.low, ratio.high) if value is not None]
    nearest = min((abs(value - 1) for value in values if value != 1), default=1.0)
    fewest = 2 if 0 < max(values) - min(values) < 0.1 else 1
    return next((decimals for decimals in (1, 2, 3) if decimals >= fewest and nearest >= 0.5 * 10**-decimals), 4)
