"""Series as a table: a row a point, the interval in columns of its own."""

from __future__ import annotations

from dashboard.figures.drawing import Column, Table
from dashboard.figures.series import Series


def table(found: tuple[Series, ...], *, heading: str, unit: str) -> Table:
    """Rows of (series, concurrency, median, low, high, trials)."""
    return Table(
        columns=(
            Column(heading="model"),
            Column(heading="concurrency", unit="slots"),
            Column(heading=heading, unit=unit),
            Column(heading="low", unit=unit),
            Column(heading="high", unit=unit),
            Column(heading="trials"),
        ),
        rows=tuple(
            (one.name, point.concurrency, point.value.median, point.value.low, point.value.high, point.trials)
            for one in found
            for point in one.points
        ),
    )
