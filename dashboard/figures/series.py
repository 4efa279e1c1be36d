"""From cells to lines: one series a model and number of replicas, its points by concurrency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.figures.drawing import Cells
from services.core.experiment import Model
from services.core.summary import CellSummary, Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One measured cell, in the figure's unit."""

    concurrency: int
    #: Finished trials behind it.
    trials: int
    value: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What is drawn as one line."""

    model: Model
    replicas: int
    points: tuple[Point, ...]

    @property
    def name(self) -> str:
        """`threads`, or `threads ×2` on two nodes."""
        return self.model if self.replicas == 1 else f"{self.model} ×{self.replicas}"


Pick = Callable[[CellSummary], Interval | None]


def series(cells: Cells, pick: Pick) -> tuple[Series, ...]:
    """Series in the order of the cells; cells for which `pick` knows nothing are left out."""
    found: dict[tuple[int, Model], list[Point]] = {}
    for cell in cells:
        if (value := pick(cell)) is not None:
            trials = sum(not trial.failure for trial in cell.trials)
            point = Point(concurrency=cell.concurrency, trials=trials, value=value)
            found.setdefault((cell.replicas, cell.model), []).append(point)
    return tuple(
        Series(model=model, replicas=replicas, points=tuple(sorted(points, key=lambda point: point.concurrency)))
        for (replicas, model), points in found.items()
    )


def scaled(interval: Interval, factor: float) -> Interval:
    """The same interval in another unit."""
    return Interval(
        median=interval.median * factor,
        low=None if interval.low is None else interval.low * factor,
        high=None if interval.high is None else interval.high * factor,
    )
