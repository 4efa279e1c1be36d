"""IPC overhead: the cost of moving one task into a slot and its result back."""

from __future__ import annotations

from services.core.figures import Carriage
from services.core.report import Report
from services.core.summary import CellSummary, Interval
from services.views.charts import panels
from services.views.charts.axis import longest
from services.views.charts.drawing import Chart, Drawing
from services.views.charts.rows import places
from services.views.charts.series import apart_from, series
from services.views.tables import Column, Row, Table, bounded, spread, whole

UNIT = "ms"
PER_SECOND = 1000
PARTS = ("out", "back", "fetching", "storing")


def _milliseconds(cell: CellSummary) -> Interval | None:
    return None if cell.handover is None else cell.handover.scaled(PER_SECOND)


def chart(report: Report) -> Chart:
    """Draw the hand-over time over the axis in which the cells differ most."""
    over = longest(report.cells, report.units)
    return panels.single(series(report.cells, over, _milliseconds), over, title="hand-over", unit=UNIT)


def table(report: Report) -> Table:
    """Return the same values as rows, with the parts: `out` and `back` make up the hand-over."""
    over = longest(report.cells, report.units)
    return Table(
        columns=(*places(over), *bounded("hand-over", UNIT), *(Column(heading=part, unit=UNIT) for part in PARTS)),
        rows=tuple(
            (apart_from(over, cell), whole(over.of(cell)), *spread(_milliseconds(cell)), *_parts(cell.carriage))
            for cell in report.cells
            if cell.handover is not None
        ),
        models=tuple(cell.model for cell in report.cells if cell.handover is not None),
    )


def _parts(carriage: Carriage | None) -> Row:
    if carriage is None:
        return (None,) * len(PARTS)
    return tuple(
        part * PER_SECOND for part in (carriage.handing_over, carriage.returning, carriage.fetching, carriage.storing)
    )


HANDOVER = Drawing(
    name="handover",
    title="IPC overhead",
    about=(
        "Time to carry one task into a slot and its outcome back, with one task in flight and an empty body: "
        "between processes for prefork, between or within threads for the others. Lower is better. The parts out and "
        "back make up the hand-over; fetching from the broker and storing the result come on top."
    ),
    chart=chart,
    table=table,
)
