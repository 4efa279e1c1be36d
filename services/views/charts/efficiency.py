"""Efficiency: speed-up over one slot, divided by the number of slots."""

from __future__ import annotations

from services.analysis.cells.bare_speedup import sentences
from services.analysis.coverage import ratio_bounds
from services.core.report import Report
from services.core.summary import Interval
from services.views.charts import axis, lines, rows
from services.views.charts.axis import CONCURRENCY
from services.views.charts.drawing import Chart, Drawing, Trace
from services.views.charts.series import Point, Series, numbered
from services.views.tables import Table, bounded, spread

UNIT = "%"


def _series(report: Report) -> tuple[Series, ...]:
    cells = {cell.name: cell for cell in report.cells}
    found = {
        (scaling.group.model, scaling.group.name): [
            Point(at=one.concurrency, trials=cells[one.cell].finished, value=one.efficiency.scaled(100))
            for one in scaling.speedups
            if one.efficiency is not None
        ]
        for scaling in report.findings.scaling
    }
    # One slot alone is worth one slot: no figure.
    return numbered({name: points for name, points in found.items() if any(point.at > 1 for point in points)})


def chart(report: Report) -> Chart:
    """Draw efficiency over concurrency."""
    found = _series(report)
    places = lines.places(found)
    whole = [lines.guide("ideal", (places[0], places[-1]), (100, 100))] if found else []
    return lines.finished(
        [*whole, *_bare(report), *(lines.trace(one, unit=UNIT) for one in found)],
        {"xaxis": axis.drawn(CONCURRENCY, places), "yaxis": lines.up(f"efficiency ({UNIT})")},
    )


def _bare(report: Report) -> list[Trace]:
    """Draw the efficiency of bare processes where it is known."""
    known = report.findings.bare_efficiency
    if not known:
        return []
    guide = lines.guide("bare processes", [one.slots for one in known], [100 * one.efficiency for one in known])
    return [guide | {"line": {"color": lines.GREY, "dash": "dot", "width": 2}}]


def table(report: Report) -> Table:
    """Return the same values as rows, and efficiency against bare processes where that is known."""
    found = rows.table(_series(report), CONCURRENCY, heading="efficiency", unit=UNIT)
    if not report.findings.bare_efficiency:
        return found
    of_bare = {
        (scaling.group.name, one.concurrency): one.of_bare
        for scaling in report.findings.scaling
        for one in scaling.speedups
    }
    return Table(
        columns=(*found.columns[:-1], *bounded("of bare", UNIT), found.columns[-1]),
        rows=tuple(
            (*row[:-1], *spread(_percent(of_bare.get((str(row[0]), int(row[1] or 0))))), row[-1]) for row in found.rows
        ),
        models=found.models,
    )


def _percent(value: Interval | None) -> Interval | None:
    return None if value is None else value.scaled(100)


def notes(report: Report) -> tuple[str, ...]:
    """Return the speed-up of bare processes on the nodes."""
    return sentences(report.findings.bare)


EFFICIENCY = Drawing(
    name="efficiency",
    title="Efficiency",
    about=(
        "Throughput per slot relative to a single slot of the same model. At 100 % each slot does as much as it would "
        "alone; where threads share the GIL, each has its part of one. "
        "“Of bare” is the speed-up over one slot divided by that of bare processes without Celery on the same cores, "
        "where a single slot keeps a core busy: near 100 % the model uses the cores fully."
    ),
    chart=chart,
    table=table,
    notes=notes,
    values="Ratio of medians over repeats",
    bounds=ratio_bounds,
)
