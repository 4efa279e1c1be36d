"""Throughput against memory."""

from __future__ import annotations

from services.core.report import Report
from services.core.summary import CellSummary, Interval
from services.views.charts import lines
from services.views.charts.axis import CONCURRENCY
from services.views.charts.drawing import Chart, Drawing, Trace
from services.views.charts.peak_memory import peak
from services.views.charts.series import series
from services.views.tables import Column, Table, bounded, spread

UNIT, MEMORY_UNIT = "tasks/s", "MiB"


def chart(report: Report) -> Chart:
    """Draw a point per cell, labelled with its concurrency on the front, and the front as steps."""
    return lines.finished(
        [*_fronts(report), *_points(report)],
        {
            "xaxis": lines.up(f"peak memory, PSS ({MEMORY_UNIT})") | {"ticks": "outside"},
            "yaxis": lines.up(f"throughput ({UNIT})"),
        },
    )


def table(report: Report) -> Table:
    """Return both values of every cell, and whether it is on the Pareto front."""
    cells = _measured(report)
    on_front = {name: found for front in report.findings.pareto for name, found in front.on_front.items()}
    return Table(
        columns=(
            Column(heading="cell"),
            *bounded("throughput", UNIT),
            *bounded("PSS", MEMORY_UNIT),
            Column(heading="on the front"),
        ),
        rows=tuple(
            (cell.name, *spread(cell.throughput), *spread(peak(cell)), on_front[cell.name].value) for cell in cells
        ),
        models=tuple(cell.model for cell in cells),
    )


def _measured(report: Report) -> list[CellSummary]:
    """Return the cells with a full queue: at a planned rate a worker does what it is sent."""
    return [cell for cell in report.cells if cell.rate is None and cell.throughput and cell.memory]


def _fronts(report: Report) -> list[Trace]:
    cells = {cell.name: cell for cell in report.cells}
    fronts = [[cells[name] for name in front.cells] for front in report.findings.pareto]
    return [
        lines.guide("front", [_memory(cell) for cell in front], [_rate(cell) for cell in front], legend=place == 0)
        | {"line": {"color": lines.GREY, "dash": "longdash", "width": 1.5, "shape": "hv"}}
        for place, front in enumerate(fronts)
    ]


def _points(report: Report) -> list[Trace]:
    cells = _measured(report)
    on_front = {name for front in report.findings.pareto for name in front.cells}
    front = {(_memory(cell), _rate(cell)) for cell in cells if cell.name in on_front}
    across, upward = series(cells, CONCURRENCY, peak), series(cells, CONCURRENCY, lambda cell: cell.throughput)
    return [
        lines.trace(rate, unit=UNIT)
        | {
            "mode": "markers+text",
            "x": [point.value.estimate for point in memory.points],
            "error_x": lines.error_bars([point.value for point in memory.points]),
            "text": [
                f"{at.at:g}" if (size.value.estimate, at.value.estimate) in front else ""
                for size, at in zip(memory.points, rate.points, strict=True)
            ],
            "customdata": [
                [at.at, lines.interval_words(at.value, UNIT), lines.interval_words(size.value, MEMORY_UNIT)]
                for size, at in zip(memory.points, rate.points, strict=True)
            ],
            "textposition": "top right",
            "textfont": {"color": lines.GREY, "size": 11},
            "cliponaxis": False,
            "hovertemplate": (
                f"{rate.name} at %{{customdata[0]:g}}<br>%{{y:,.3r}} {UNIT}%{{customdata[1]}}<br>"
                f"%{{x:,.3r}} {MEMORY_UNIT}%{{customdata[2]}}<extra></extra>"
            ),
        }
        for memory, rate in zip(across, upward, strict=True)
    ]


def _rate(cell: CellSummary) -> float:
    assert cell.throughput is not None
    return cell.throughput.estimate


def _memory(cell: CellSummary) -> float:
    found: Interval | None = peak(cell)
    assert found is not None
    return found.estimate


TRADEOFF = Drawing(
    name="tradeoff",
    title="Throughput against memory",
    about=(
        "One point per cell. Up is faster, left is smaller. The stepped line is the Pareto front of the medians: no "
        "other cell is faster in as little memory; the numbers are concurrencies. A cell below the line costs more "
        "than it needs to, unless its intervals are unknown or overlap with those of every cell that beats it: then "
        "it is too close to call."
    ),
    chart=chart,
    table=table,
)
