"""Throughput against memory: what a faster cell costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.core.report import Report
from services.core.summary import CellSummary, Interval
from services.views.figures import lines
from services.views.figures.axis import CONCURRENCY
from services.views.figures.drawing import Chart, Column, Drawing, Table, Trace
from services.views.figures.memory import peak
from services.views.figures.rows import bounded, spread
from services.views.figures.series import series

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
    """Both values of every cell, and whether another one beats it."""
    cells = _measured(report)
    told = {cell.name: _standing(cell, alike) for alike in _by_variant(cells) for cell in alike}
    return Table(
        columns=(
            Column(heading="cell"),
            *bounded("throughput", UNIT),
            *bounded("PSS", MEMORY_UNIT),
            Column(heading="on the front"),
        ),
        rows=tuple((cell.name, *spread(cell.throughput), *spread(peak(cell)), told[cell.name]) for cell in cells),
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
    """The Pareto front, smallest memory first."""
    front: list[CellSummary] = []
    for cell in sorted(cells, key=lambda cell: (_memory(cell), -_rate(cell))):
        if not front or _rate(cell) > _rate(front[-1]):
            front.append(cell)
    return front


def _standing(cell: CellSummary, alike: Sequence[CellSummary]) -> str:
    """Whether it is on the front of the medians; what they alone deny it is too close to call."""
    if any(one.name == cell.name for one in _front(alike)):
        return "yes"
    return "no" if any(_beats(other, cell) for other in alike) else "too close to call"


def _beats(other: CellSummary, cell: CellSummary) -> bool:
    """By both medians no worse, and better in one beyond the intervals."""
    faster = _apart(other.throughput, above=cell.throughput)
    smaller = _apart(peak(cell), above=peak(other))
    return _rate(other) >= _rate(cell) and _memory(other) <= _memory(cell) and (faster or smaller)


def _apart(one: Interval | None, *, above: Interval | None) -> bool:
    """Whether all of it lies above all of the other; unknown without intervals, and so not said."""
    if one is None or above is None or one.low is None or above.high is None:
        return False
    return one.low > above.high


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
    return cell.throughput.median


def _memory(cell: CellSummary) -> float:
    found: Interval | None = peak(cell)
    assert found is not None
    return found.median


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
