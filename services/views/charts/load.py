"""The planned rates that cells keep up with: the rate achieved, and the latency of the slowest tasks."""

from __future__ import annotations

from collections.abc import Callable, Collection

from services.core.findings import Load, LoadPoint
from services.core.report import Report
from services.core.summary import Interval
from services.views.charts import lines, panels
from services.views.charts.axis import RATE
from services.views.charts.drawing import Chart, Drawing, Trace
from services.views.charts.panels import Panel
from services.views.charts.rows import places
from services.views.charts.series import Point, Series, numbered
from services.views.tables import Column, Table, bounded, spread, whole

UNIT, LATENCY_UNIT = "tasks/s", "ms"
PER_SECOND = 1000


def _series(report: Report, value: Callable[[LoadPoint], Interval]) -> tuple[Series, ...]:
    trials = {cell.name: cell.finished for cell in report.cells}
    return numbered(
        {
            (load.group.model, load.group.name): [
                Point(at=point.rate, trials=trials[point.cell], value=value(point)) for point in load.points
            ]
            for load in report.findings.load
        }
    )


def chart(report: Report) -> Chart:
    """Draw the achieved rate and p99 over the planned rate."""
    achieved = _series(report, lambda point: point.achieved)
    p99 = _series(report, lambda point: point.p99.scaled(PER_SECOND))
    rates = lines.places(achieved)
    planned = (lines.guide("planned", rates, rates),) if len(rates) > 1 else ()
    drawn = panels.chart(
        [
            Panel(found=achieved, unit=UNIT, share=(0.0, 0.44), title=f"achieved ({UNIT})", behind=planned),
            Panel(
                found=p99,
                unit=LATENCY_UNIT,
                share=(0.58, 1.0),
                title=f"latency, p99 ({LATENCY_UNIT})",
                logarithmic=True,
            ),
        ],
        RATE,
    )
    missed = {
        load.group.name: {point.rate for point in load.points if not point.kept_up} for load in report.findings.load
    }
    crosses = [_crossed(trace, missed[trace["legendgroup"]]) for trace in drawn["data"] if "marker" in trace]
    return drawn | {"data": [*drawn["data"], *filter(None, crosses)]}


def _crossed(trace: Trace, missed: Collection[float]) -> Trace | None:
    """Return a cross over each point that did not keep up; the marker below it shows its model."""
    points = [(x, y) for x, y in zip(trace["x"], trace["y"], strict=True) if x in missed]
    if not points:
        return None
    return {
        "type": "scatter",
        "legendgroup": trace["legendgroup"],
        "showlegend": False,
        "mode": "markers",
        "xaxis": trace["xaxis"],
        "yaxis": trace["yaxis"],
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "hoverinfo": "skip",
        "marker": {"symbol": "x-thin", "size": 16, "line": {"color": trace["line"]["color"], "width": 2}},
    }


def table(report: Report) -> Table:
    """Return a row per cell and rate."""
    return Table(
        columns=(
            *places(RATE),
            *bounded("achieved", UNIT),
            *bounded("p50", LATENCY_UNIT),
            *bounded("p99", LATENCY_UNIT),
            Column(heading="kept up"),
        ),
        rows=tuple(
            (
                load.group.name,
                whole(point.rate),
                *spread(point.achieved),
                *spread(point.p50.scaled(PER_SECOND)),
                *spread(point.p99.scaled(PER_SECOND)),
                "yes" if point.kept_up else "no",
            )
            for load in report.findings.load
            for point in load.points
        ),
        models=tuple(load.group.model for load in report.findings.load for _ in load.points),
    )


def findings(report: Report) -> Table:
    """Return the knee of every group: it is between the two rates."""
    return Table(
        columns=(
            Column(heading="model"),
            Column(heading="keeps up with", unit=UNIT),
            Column(heading="not with", unit=UNIT),
            Column(heading="in words"),
        ),
        rows=tuple(
            (load.group.name, load.highest_kept, load.lowest_missed, _knee(load)) for load in report.findings.load
        ),
        models=tuple(load.group.model for load in report.findings.load),
    )


def _knee(load: Load) -> str:
    if load.highest_kept is None:
        if load.lowest_missed is None:
            return "inconclusive: the publisher could not keep the schedule"
        return "keeps up with none of these rates"
    if load.lowest_missed is not None:
        return "the queue starts to grow between the two rates"
    if load.highest_kept == load.points[-1].rate:
        return "keeps up with all rates"
    return "above that the publisher could not keep the schedule"


LOAD = Drawing(
    name="load",
    title="Load",
    about=(
        "Tasks sent at planned rates. A worker keeps up while it achieves the rate (long-dashed line). Where it does "
        "not (crossed points), tasks pile up, and p99 grows for as long as the measurement lasts."
    ),
    chart=chart,
    table=table,
    findings=findings,
)
