"""Latency of tasks: p50, p95 and p99."""

from __future__ import annotations

from collections.abc import Callable

from services.core.report import Report
from services.core.summary import Interval, Percentiles
from services.views.charts import axis, lines
from services.views.charts.axis import longest
from services.views.charts.drawing import Chart, Drawing, Trace
from services.views.charts.rows import places
from services.views.charts.series import Series, apart_from, series
from services.views.tables import Column, Table, bounded, spread, whole

UNIT = "ms"
PER_SECOND = 1000
#: Between the bars of neighbouring series at one place, as a factor on the logarithmic axis.
STEP = 1.035


def chart(report: Report) -> Chart:
    """Draw the median as a line, and a broad pale bar from it to p99 with a mark at p95."""
    over = longest(report.cells, report.units)
    middles = series(report.cells, over, lambda cell: _percentile(cell.latency, lambda latency: latency.p50))
    mosts = series(report.cells, over, lambda cell: _percentile(cell.latency, lambda latency: latency.p95))
    lasts = series(report.cells, over, lambda cell: _percentile(cell.latency, lambda latency: latency.p99))
    traces = [
        trace
        for place, (middle, most, last) in enumerate(zip(middles, mosts, lasts, strict=True))
        for trace in _traces(middle, most, last, STEP ** (place - (len(middles) - 1) / 2))
    ]
    return lines.finished(
        traces,
        {
            "xaxis": axis.drawn(over, lines.places(middles)),
            "yaxis": lines.up_logarithmic(
                f"latency, p50 to p99 ({UNIT})",
                [point.value.estimate for one in (*middles, *lasts) for point in one.points],
            ),
        },
    )


def table(report: Report) -> Table:
    """Return the percentiles of every cell with their intervals."""
    over = longest(report.cells, report.units)
    percentiles = (column for name in ("p50", "p95", "p99") for column in bounded(name, UNIT))
    return Table(
        columns=(*places(over), *percentiles, Column(heading="trials")),
        rows=tuple(
            (
                apart_from(over, cell),
                whole(over.of(cell)),
                *spread(cell.latency.p50.scaled(PER_SECOND)),
                *spread(cell.latency.p95.scaled(PER_SECOND)),
                *spread(cell.latency.p99.scaled(PER_SECOND)),
                cell.finished,
            )
            for cell in report.cells
            if cell.latency is not None
        ),
        models=tuple(cell.model for cell in report.cells if cell.latency is not None),
    )


def _percentile(latency: Percentiles | None, pick: Callable[[Percentiles], Interval]) -> Interval | None:
    """Without its interval: beside the bar, which is how tasks differ, a second bar would be taken for the same."""
    return None if latency is None else Interval.unbounded(pick(latency).estimate * PER_SECOND)


def _traces(middle: Series, most: Series, last: Series, nudge: float) -> list[Trace]:
    """Beside each other where several series have a point: bars on one another could not be told apart."""
    p50, p95, p99 = ([point.value.estimate for point in one.points] for one in (middle, most, last))
    x = [point.at * nudge for point in middle.points]
    line = lines.trace(middle, unit=UNIT) | {
        "x": x,
        "customdata": list(zip([point.at for point in middle.points], p95, p99, strict=True)),
        "hovertemplate": (
            f"{middle.name} at %{{customdata[0]:,.6~g}}<br>p50 %{{y:,.3r}} {UNIT}<br>p95 %{{customdata[1]:,.3r}} {UNIT}"
            f"<br>p99 %{{customdata[2]:,.3r}} {UNIT}<extra></extra>"
        ),
    }
    spread = {
        "type": "scatter",
        "legendgroup": middle.name,
        "showlegend": False,
        "mode": "lines",
        "x": [place for at in x for place in (at, at, None)],
        "y": [end for low, high in zip(p50, p99, strict=True) for end in (low, high, None)],
        "hoverinfo": "skip",
        "opacity": 0.3,
        "line": {"color": line["line"]["color"], "width": 9},
    }
    mark = {
        "type": "scatter",
        "legendgroup": middle.name,
        "showlegend": False,
        "mode": "markers",
        "x": x,
        "y": p95,
        "hoverinfo": "skip",
        "marker": {"symbol": "line-ew", "size": 11, "line": {"color": line["line"]["color"], "width": 2}},
    }
    return [spread, line, mark]


LATENCY = Drawing(
    name="latency",
    title="Latency",
    about=(
        "Time per task: the line is the median (p50), the mark on the broad bar p95, its end p99. The bar shows how "
        "tasks differ, not how certain the median is. With a full queue, latency is the time for which a task holds "
        "its slot, without the wait in the queue. At a planned rate it counts from the moment the task was due."
    ),
    chart=chart,
    table=table,
)
