"""Peak memory of the measured workers: PSS, with USS and RSS beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go

from dashboard.figures import lines
from dashboard.figures.drawing import Cells, Chart, Column, Drawing, Table
from dashboard.figures.series import Series, scaled, series
from services.core.summary import CellSummary, Interval, Memory, MemorySummary

UNIT = "MiB"
PER_BYTE = 1 / 2**20

#: A panel each, with its share of the width.
KINDS: tuple[tuple[str, Callable[[Memory], MemorySummary], tuple[float, float]], ...] = (
    ("PSS", lambda memory: memory.pss, (0.0, 0.46)),
    ("USS", lambda memory: memory.uss, (0.54, 0.74)),
    ("RSS", lambda memory: memory.rss, (0.8, 1.0)),
)


def _series(cells: Cells, kind: Callable[[Memory], MemorySummary]) -> tuple[Series, ...]:
    def pick(cell: CellSummary) -> Interval | None:
        if cell.memory is None:
            return None
        peak = kind(cell.memory)
        return scaled(Interval(median=peak.median, low=peak.low, high=peak.high), PER_BYTE)

    return series(cells, pick)


def chart(cells: Cells) -> Chart:
    """Three panels on one scale, so that what RSS counts twice is seen as height."""
    traces: list[go.Scatter] = []
    axes: dict[str, Any] = {}
    for panel, (name, kind, share) in enumerate(KINDS, start=1):
        found = _series(cells, kind)
        places = lines.concurrencies(found)
        levels = [lines.level(one, places, panel=panel) for one in found]
        traces += [line for line in levels if line] + [lines.trace(one, unit=UNIT, panel=panel) for one in found]
        axes |= _axes(panel, name, places, share)
    return lines.finished(traces, axes)


def _axes(panel: int, name: str, places: list[int], share: tuple[float, float]) -> dict[str, Any]:
    suffix = "" if panel == 1 else str(panel)
    beside = {} if panel == 1 else {"matches": "y", "showticklabels": False, "ticks": ""}
    return {
        f"xaxis{suffix}": lines.across(places, name) | {"domain": share, "anchor": f"y{suffix}"},
        f"yaxis{suffix}": lines.up(f"peak memory ({UNIT})" if panel == 1 else "") | {"anchor": f"x{suffix}"} | beside,
    }


def table(cells: Cells) -> Table:
    """PSS with its interval; USS and RSS as medians."""
    by_kind = [_series(cells, kind) for _, kind, _ in KINDS]
    rows = tuple(
        (one.name, pss.concurrency, pss.value.median, pss.value.low, pss.value.high, uss.value.median, rss.value.median)
        for one, uss_line, rss_line in zip(*by_kind, strict=True)
        for pss, uss, rss in zip(one.points, uss_line.points, rss_line.points, strict=True)
    )
    medians = [Column(heading=name, unit=UNIT) for name in ("PSS", "low", "high", "USS", "RSS")]
    return Table(columns=(Column(heading="model"), Column(heading="concurrency", unit="slots"), *medians), rows=rows)


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
