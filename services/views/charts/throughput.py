"""Tasks per second with a full queue."""

from __future__ import annotations

from services.core.report import Report
from services.views.charts import panels, rows
from services.views.charts.axis import Axis, longest
from services.views.charts.drawing import Chart, Drawing
from services.views.charts.series import Series, series
from services.views.tables import Table

UNIT = "tasks/s"


def _series(report: Report) -> tuple[tuple[Series, ...], Axis]:
    """Return cells with a full queue: at a planned rate, throughput is what was sent; the figure of load shows it."""
    cells = [cell for cell in report.cells if cell.rate is None]
    over = longest(cells, report.units)
    return series(cells, over, lambda cell: cell.throughput), over


def chart(report: Report) -> Chart:
    """Draw throughput over the axis in which the cells differ most."""
    found, over = _series(report)
    return panels.single(found, over, title="throughput", unit=UNIT)


def table(report: Report) -> Table:
    """Return the same values as rows."""
    found, over = _series(report)
    return rows.table(found, over, heading="throughput", unit=UNIT)


THROUGHPUT = Drawing(
    name="throughput",
    title="Throughput",
    about=(
        "Tasks per second while the queue is full. Higher is better. Bars are intervals; the verdict names the "
        "differences that count."
    ),
    chart=chart,
    table=table,
)
