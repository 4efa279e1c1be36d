"""Tasks a second, by model over concurrency."""

from __future__ import annotations

from dashboard.figures import lines, rows
from dashboard.figures.drawing import Cells, Chart, Drawing, Table
from dashboard.figures.series import Series, series

UNIT = "tasks/s"


def _series(cells: Cells) -> tuple[Series, ...]:
    return series(cells, lambda cell: cell.throughput)


def chart(cells: Cells) -> Chart:
    """Throughput over concurrency."""
    return lines.chart(_series(cells), title="throughput", unit=UNIT)


def table(cells: Cells) -> Table:
    """The same values as rows."""
    return rows.table(_series(cells), heading="throughput", unit=UNIT)


THROUGHPUT = Drawing(
    name="throughput",
    title="Throughput",
    about=(
        "Tasks a second while the queue is full. Higher is better. Bars are intervals; the verdict says which "
        "differences count."
    ),
    chart=chart,
    table=table,
)
