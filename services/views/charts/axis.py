"""The axis over which cells are drawn: concurrency, a planned rate, or a swept parameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.analysis.across.payload import BYTES
from services.core.labels import heading
from services.core.summary import CellSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One thing in which cells differ, as a number."""

    #: `concurrency`, `rate`, or the name of a parameter.
    name: str
    #: As the heading of a column, and with its unit at an axis.
    heading: str
    unit: str
    title: str

    def of(self, cell: CellSummary) -> float:
        """Return the place of the cell on the axis."""
        if self == CONCURRENCY:
            return cell.concurrency
        if self == RATE:
            return cell.rate or 0.0
        return float(cell.params[self.name])


CONCURRENCY: Final = Axis(
    name="concurrency", heading="concurrency", unit="slots", title="concurrency (slots per worker)"
)
RATE: Final = Axis(name="rate", heading="planned rate", unit="tasks/s", title="planned rate (tasks/s)")


def parameter(name: str, unit: str) -> Axis:
    """Return the axis of a parameter that is a number. Its unit is not repeated where its name ends with it."""
    text = heading(name.removesuffix(f"_{unit}"))
    return Axis(name=name, heading=text, unit=unit, title=f"{text} ({unit})" if unit else text)


def longest(cells: Sequence[CellSummary], units: Mapping[str, str]) -> Axis:
    """Return the axis in which the cells differ most; concurrency if there is no other. `units` by parameter."""
    numbers = dict.fromkeys(
        name for cell in cells for name, value in cell.variant.items() if not isinstance(value, str)
    )
    axes = (CONCURRENCY, *(parameter(name, units.get(name, "")) for name in numbers), RATE)
    return max(axes, key=lambda axis: len({axis.of(cell) for cell in cells}))


def drawn(axis: Axis, places: Iterable[float], title: str | None = None) -> dict[str, Any]:
    """Return the axis for Plotly: logarithmic where it can be, with a tick at every measured place and nowhere else."""
    marks = sorted(set(places))
    return {
        "type": "log" if all(mark > 0 for mark in marks) else "linear",
        "tickvals": marks,
        "ticktext": [_tick(axis, mark) for mark in marks],
        "title": {"text": axis.title if title is None else title, "font": {"size": 13}},
        "zeroline": False,
        "showgrid": False,
        "ticks": "outside",
        "fixedrange": True,
    }


def _tick(axis: Axis, mark: float) -> str:
    if axis.unit == BYTES:
        for power, unit in ((2**30, "Gi"), (2**20, "Mi"), (2**10, "Ki")):
            if mark >= power and float(short := f"{mark / power:.3g}") * power == mark:
                return f"{short} {unit}"
    return f"{mark:,}".removesuffix(".0")
