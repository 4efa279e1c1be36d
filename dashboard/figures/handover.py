"""IPC overhead: what it costs to carry one task into a slot and its outcome back."""

from __future__ import annotations

from dashboard.figures import lines, rows
from dashboard.figures.drawing import Cells, Chart, Drawing, Table
from dashboard.figures.series import Series, scaled, series
from services.core.summary import CellSummary, Interval

UNIT = "ms"


def _milliseconds(cell: CellSummary) -> Interval | None:
    return None if cell.handover is None else scaled(cell.handover, 1000)


def _series(cells: Cells) -> tuple[Series, ...]:
    return series(cells, _milliseconds)


def chart(cells: Cells) -> Chart:
    """Hand-over time over concurrency."""
    return lines.chart(_series(cells), title="hand-over", unit=UNIT)


def table(cells: Cells) -> Table:
    """The same values as rows."""
    return rows.table(_series(cells), heading="hand-over", unit=UNIT)


HANDOVER = Drawing(
    name="handover",
    title="IPC overhead",
    about=(
        "Time to carry one task into a slot and its outcome back, with one task in flight and an empty body: "
        "between processes for prefork, between threads or within one for the others. Lower is better."
    ),
    chart=chart,
    table=table,
)
