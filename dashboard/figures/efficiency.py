"""What each of several slots is worth: speed-up over one slot, divided by their number."""

from __future__ import annotations

from dashboard.figures import axis, lines, rows
from dashboard.figures.axis import CONCURRENCY
from dashboard.figures.drawing import Chart, Drawing, Table
from dashboard.figures.series import Point, Series, numbered, of_group, scaled
from services.core.report import Report

UNIT = "%"


def _series(report: Report) -> tuple[Series, ...]:
    cells = {cell.name: cell for cell in report.cells}
    found = {
        (scaling.group.model, of_group(scaling.group)): [
            Point(at=one.concurrency, trials=cells[one.cell].finished, value=scaled(one.efficiency, 100))
            for one in scaling.speedups
            if one.efficiency is not None
        ]
        for scaling in report.findings.scaling
    }
    # One slot alone is worth one slot: no figure.
    return numbered({name: points for name, points in found.items() if any(point.at > 1 for point in points)})


def chart(report: Report) -> Chart:
    """Efficiency over concurrency."""
    found = _series(report)
    places = lines.places(found)
    whole = [lines.guide("ideal", (places[0], places[-1]), (100, 100))] if found else []
    return lines.finished(
        [*whole, *(lines.trace(one, unit=UNIT) for one in found)],
        {"xaxis": axis.drawn(CONCURRENCY, places), "yaxis": lines.up(f"efficiency ({UNIT})")},
    )


def table(report: Report) -> Table:
    """The same values as rows."""
    return rows.table(_series(report), CONCURRENCY, heading="efficiency", unit=UNIT)


EFFICIENCY = Drawing(
    name="efficiency",
    title="Efficiency",
    about=(
        "What a slot among several is worth: throughput over that of one slot of the same model, divided by the "
        "slots. At 100 % each does as much as it would alone; where threads share the GIL, each has its part of one."
    ),
    chart=chart,
    table=table,
)
