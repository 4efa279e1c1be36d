"""Throughput against memory: what a faster cell costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard.figures import lines
from dashboard.figures.axis import CONCURRENCY
from dashboard.figures.drawing import Chart, Column, Drawing, Table, Trace
from dashboard.figures.memory import peak
from dashboard.figures.rows import bounded, spread
from dashboard.figures.series import series
from services.core.report import Report
from services.core.summary import CellSummary, Interval

UNIT, MEMORY_UNIT = "tasks/s", "MiB"


def chart(report: Report) -> Chart:
    """A point a cell, on the front labelled with its concurrency; the front as steps."""
    cells = _measured(report)
    return lines.finished(
        [*_fronts(cells), *_points(cells)],
        {
            "xaxis": lines.up(f"peak memory, PSS ({MEMORY_UNIT})") | {"ticks": "outside"},
            "yaxis": lines.up(f"throughput ({UNIT})"),
        },
    )


def table(report: Report) -> Table:
    """Both values of every cell, and whether another one beats it in both."""
    cells = _measured(report)
    best = {cell.name for front in _by_variant(cells) for cell in _front(front)}
    return Table(
        columns=(
            Column(heading="cell"),
            *bounded("throughput", UNIT),
            *bounded("PSS", MEMORY_UNIT),
            Column(heading="on the front"),
        ),
        rows=tuple(
            (cell.name, *spread(cell.throughput), *spread(peak(cell)), "yes" if cell.name in best else "no")
            for cell in cells
        ),
    )


def _measured(report: Report) -> list[CellSummary]:
    """With a full queue: at a planned rate a worker does what it is sent."""
    return [cell for cell in report.cells if cell.rate is None and cell.throughput and cell.memory]


def _by_variant(cells: Sequence[CellSummary]) -> list[list[CellSummary]]:
    """Cells that do the same work: others cannot be compared."""
    found: dict[tuple[object, ...], list[CellSummary]] = {}
    for cell in cells:
        found.setdefault(tuple(cell.variant.items()), []).append(cell)
    return list(found.values())


def _front(cells: Iterable[CellSummary]) -> list[CellSummary]:
    """Those than which none is as fast in less memory, the smallest first."""
    front: list[CellSummary] = []
    for cell in sorted(cells, key=lambda cell: (_memory(cell), -_rate(cell))):
        if not front or _rate(cell) > _rate(front[-1]):
            front.append(cell)
    return front


def _fronts(cells: Sequence[CellSummary]) -> list[Trace]:
    fronts = [_front(one) for one in _by_variant(cells)]
    return [
        lines.guide("front", [_memory(cell) for cell in front], [_rate(cell) for cell in front], legend=place == 0)
        | {"line": {"color": lines.GREY, "dash": "longdash", "width": 1.5, "shape": "hv"}}
        for place, front in enumerate(fronts)
    ]


def _points(cells: Sequence[CellSummary]) -> list[Trace]:
    front = {(_memory(cell), _rate(cell)) for one in _by_variant(cells) for cell in _front(one)}
    across, upward = series(cells, CONCURRENCY, peak), series(cells, CONCURRENCY, lambda cell: cell.throughput)
    return [
        lines.trace(rate, unit=UNIT)
        | {
            "mode": "markers+text",
            "x": [point.value.median for point in memory.points],
            "error_x": lines.error_bars([point.value for point in memory.points]),
            "text": [
                f"{at.at:g}" if (size.value.median, at.value.median) in front else ""
                for size, at in zip(memory.points, rate.points, strict=True)
            ],
            "customdata": [point.at for point in rate.points],
            "textposition": "top right",
            "textfont": {"color": lines.GREY, "size": 11},
            "cliponaxis": False,
            "hovertemplate": (
                f"{rate.name} at %{{customdata:g}}<br>%{{y:,.3r}} {UNIT}%{{customdata}}<br>"
                f"%{{x:,.3r}} {MEMORY_UNIT}<extra></extra>"
            ),
        }
        for memory, rate in zip(across, upward, strict=True)
    ]


def _rate(cell: CellSummary) -> float:
    assert cell.throughput is not None
    return cell.throughput.median


def _memory(cell: CellSummary) -> float:
    found: Interval | None = peak(cell)
    assert found is not None
    return found.median


TRADEOFF = Drawing(
    name="tradeoff",
    title="Throughput against memory",
    about=(
        "A point a cell. Up is faster, left is smaller. On the stepped line lies every cell than which none is faster "
        "in as little memory, with its concurrency beside it; a cell below the line costs more than it needs to."
    ),
    chart=chart,
    table=table,
)
