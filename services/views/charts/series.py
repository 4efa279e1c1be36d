"""From cells to lines: one series for all cells that differ in nothing but their place on the axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.core.labels import label
from services.core.models import Model
from services.core.summary import CellSummary, Interval
from services.views.charts.axis import CONCURRENCY, RATE, Axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One measured cell, in the figure's unit."""

    #: Its place on the axis.
    at: float
    #: Finished trials behind it.
    trials: int
    value: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The cells of one line."""

    model: Model
    #: `threads`, or `threads x2` on two nodes.
    name: str
    #: 0-based, among the series of its model.
    nth: int
    points: tuple[Point, ...]


Pick = Callable[[CellSummary], Interval | None]


def series(cells: Iterable[CellSummary], axis: Axis, pick: Pick) -> tuple[Series, ...]:
    """Series in the order of the cells; cells for which `pick` knows nothing are left out."""
    found: dict[tuple[Model, str], list[Point]] = {}
    for cell in cells:
        if (value := pick(cell)) is not None:
            point = Point(at=axis.of(cell), trials=cell.finished, value=value)
            found.setdefault((cell.model, apart_from(axis, cell)), []).append(point)
    return numbered(found)


def numbered(found: Mapping[tuple[Model, str], Sequence[Point]]) -> tuple[Series, ...]:
    """Return a series for each model and name, its points by place."""
    models = [model for model, _ in found]
    return tuple(
        Series(
            model=model,
            name=name,
            nth=models[:place].count(model),
            points=tuple(sorted(points, key=lambda point: point.at)),
        )
        for place, ((model, name), points) in enumerate(found.items())
    )


def apart_from(axis: Axis, cell: CellSummary) -> str:
    """Everything that distinguishes a cell from others, but for its place on the axis."""
    return label(
        cell.model,
        replicas=cell.replicas,
        concurrency=None if axis == CONCURRENCY else cell.concurrency,
        variant={name: value for name, value in cell.variant.items() if name != axis.name},
        rate=None if axis == RATE else cell.rate,
    )
