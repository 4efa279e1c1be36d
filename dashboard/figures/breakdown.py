"""Where a task's time went, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.figures import lines
from dashboard.figures.drawing import Chart, Column, Drawing, Table, Trace
from services.core.report import Report
from services.core.summary import CellSummary

UNIT = "ms"
PER_SECOND = 1000
#: Height of a bar, and of what is around them.
BAR, AROUND = 27, 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the time in the system."""

    #: Its name in `Breakdown`.
    field: str
    name: str
    #: None of a model's, and a pattern for whoever sees no colour.
    colour: str
    pattern: str
    #: Spent waiting for a slot: with a full queue it says how much was queued, and nothing of the model.
    queued: bool = False


PARTS: Final = (
    Part(field="broker", name="broker", colour="#8A8F98", pattern="/", queued=True),
    Part(field="handover", name="hand-over", colour="#B9A36B", pattern="\\", queued=True),
    Part(field="cpu", name="CPU", colour="#56B4E9", pattern=""),
    Part(field="off_cpu", name="off-CPU", colour="#E69F00", pattern="."),
    Part(field="storing", name="storing", colour="#7B6BB2", pattern="x"),
    Part(field="returning", name="returning", colour="#A89AD6", pattern="-"),
)


def chart(report: Report) -> Chart:
    """A bar a cell. Where the queue is full, without the parts that are the wait in it."""
    cells = _measured(report)
    full = any(cell.rate is None for cell in cells)
    return lines.finished(
        [_trace(part, cells) for part in PARTS if not (full and part.queued)] if cells else [],
        {
            "barmode": "stack",
            "xaxis": lines.up(f"mean time of a task ({UNIT})") | {"ticks": "outside"},
            "yaxis": lines.categories(cell.name for cell in cells),
            "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        },
        height=AROUND + BAR * max(3, sum(1 + cell.name.count(" ") for cell in cells)),
    )


def table(report: Report) -> Table:
    """All parts and their sum."""
    return Table(
        columns=(
            Column(heading="cell"),
            *(Column(heading=part.name, unit=UNIT) for part in PARTS),
            Column(heading="whole", unit=UNIT),
        ),
        rows=tuple(
            (
                cell.name,
                *(getattr(cell.breakdown, part.field) * PER_SECOND for part in PARTS),
                cell.breakdown.whole * PER_SECOND,
            )
            for cell in _measured(report)
            if cell.breakdown is not None
        ),
    )


def notes(report: Report) -> tuple[str, ...]:
    """What is not drawn."""
    if any(cell.rate is None for cell in _measured(report)):
        return (
            "The queue was full, so the waits in the broker and before the hand-over only say how much was queued: "
            "the bars leave them out, the table has them.",
        )
    return ()


def _measured(report: Report) -> list[CellSummary]:
    return [cell for cell in report.cells if cell.breakdown is not None]


def _trace(part: Part, cells: list[CellSummary]) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "name": part.name,
        "x": [getattr(cell.breakdown, part.field) * PER_SECOND for cell in cells],
        "y": [cell.name for cell in cells],
        "marker": {
            "color": part.colour,
            "pattern": {"shape": part.pattern, "fillmode": "overlay", "size": 6, "solidity": 0.2},
        },
        "hovertemplate": f"%{{y}}<br>{part.name} %{{x:,.3r}} {UNIT}<extra></extra>",
    }


BREAKDOWN = Drawing(
    name="breakdown",
    title="Where the time went",
    about=(
        "Means over tasks, from sent to returned. CPU is work; off-CPU is the rest of the body: waiting for I/O, for "
        "the GIL or for a core. Threads that share a GIL show it here: the same CPU time, and more and more off-CPU."
    ),
    chart=chart,
    table=table,
    notes=notes,
)
