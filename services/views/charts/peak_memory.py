"""Peak memory of the measured workers: PSS, with USS and RSS beside it."""

from __future__ import annotations

from collections.abc import Callable

from services.core.report import Report
from services.core.summary import CellSummary, Interval, Memory, MemorySummary
from services.views.charts import panels
from services.views.charts.axis import Axis, longest
from services.views.charts.drawing import Chart, Drawing
from services.views.charts.panels import Panel
from services.views.charts.rows import places
from services.views.charts.series import Series, series
from services.views.tables import Column, Table, bounded, spread, whole

UNIT = "MiB"
PER_BYTE = 1 / 2**20

#: A panel each, with its share of the width.
KINDS: tuple[tuple[str, Callable[[Memory], MemorySummary], tuple[float, float]], ...] = (
    ("PSS", lambda memory: memory.pss, (0.0, 0.42)),
    ("USS", lambda memory: memory.uss, (0.49, 0.71)),
    ("RSS", lambda memory: memory.rss, (0.78, 1.0)),
)


def peak(cell: CellSummary, kind: Callable[[Memory], MemorySummary] = lambda memory: memory.pss) -> Interval | None:
    """Memory of all processes of the cell's workers, MiB."""
    return None if cell.memory is None else kind(cell.memory).peak.scaled(PER_BYTE)


def _series(report: Report, over: Axis, kind: Callable[[Memory], MemorySummary]) -> tuple[Series, ...]:
    return series(report.cells, over, lambda cell: peak(cell, kind))


def chart(report: Report) -> Chart:
    """Draw three panels on one scale: the memory that RSS counts twice shows as height."""
    over = longest(report.cells, report.units)
    return panels.chart(
        [
            Panel(
                found=_series(report, over, kind),
                unit=UNIT,
                share=share,
                title="" if place else f"peak memory ({UNIT})",
                below=name,
            )
            for place, (name, kind, share) in enumerate(KINDS)
        ],
        over,
    )


def table(report: Report) -> Table:
    """Return PSS with its interval, USS and RSS as medians."""
    over = longest(report.cells, report.units)
    pss, *others = [_series(report, over, kind) for _, kind, _ in KINDS]
    rows = tuple(
        (one.name, whole(point.at), *spread(point.value), *(other.points[place].value.estimate for other in beside))
        for one, *beside in zip(pss, *others, strict=True)
        for place, point in enumerate(one.points)
    )
    models = tuple(one.model for one in pss for _ in one.points)
    medians = [Column(heading=name, unit=UNIT) for name in ("USS", "RSS")]
    return Table(columns=(*places(over), *bounded("PSS", UNIT), *medians), rows=rows, models=models)


MEMORY = Drawing(
    name="memory",
    title="Memory",
    about=(
        "Peak memory of the worker and its children. PSS is what it costs the machine; USS is what it alone would give "
        "back; RSS counts memory shared between processes once for each of them."
    ),
    chart=chart,
    table=table,
)
