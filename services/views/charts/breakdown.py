"""Where the time of a task went, part by part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.core.figures import Breakdown
from services.core.report import Report
from services.core.summary import CellSummary
from services.core.units import Seconds
from services.views.charts import lines
from services.views.charts.drawing import Chart, Drawing, Trace
from services.views.tables import Column, Table

UNIT = "ms"
PER_SECOND = 1000
#: Height of a bar, and of what is around them.
BAR, AROUND = 27, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the time in the system."""

    name: str
    #: None: not known, or not separable.
    of: Callable[[Breakdown], Seconds | None]
    #: Not a model's colour, and a pattern that distinguishes the parts without colour.
    colour: str
    pattern: str
    #: Spent waiting for a slot: with a full queue it shows how much was queued, and nothing about the model.
    queued: bool = False


def _other_waits(breakdown: Breakdown) -> float:
    """Return the share of the time off a core that was no wait for a core; 1 where that wait is not known.

    The wait is known only for body and storing together, so both are reduced by the same share.
    """
    off_core = breakdown.off_cpu + breakdown.storing - (breakdown.storing_cpu or 0.0)
    return 1 - (breakdown.core_wait or 0.0) / off_core if off_core else 1.0


def _body_rest(breakdown: Breakdown) -> Seconds | None:
    return None if breakdown.cpu is None else breakdown.off_cpu * _other_waits(breakdown)


def _storing_rest(breakdown: Breakdown) -> Seconds:
    return (breakdown.storing - (breakdown.storing_cpu or 0.0)) * _other_waits(breakdown)


PARTS: Final = (
    Part(name="broker", of=lambda found: found.broker, colour="#8A8F98", pattern="/", queued=True),
    Part(name="hand-over", of=lambda found: found.handover, colour="#B9A36B", pattern="\\", queued=True),
    Part(name="body on a core", of=lambda found: found.cpu, colour="#56B4E9", pattern=""),
    Part(
        name="body, CPU not separable",
        of=lambda found: found.off_cpu if found.cpu is None else None,
        colour="#9AB7C7",
        pattern="+",
    ),
    Part(name="storing on a core", of=lambda found: found.storing_cpu, colour="#7B6BB2", pattern=""),
    Part(name="waiting for a core", of=lambda found: found.core_wait, colour="#C4524A", pattern="|"),
    Part(name="rest of the body", of=_body_rest, colour="#E69F00", pattern="."),
    Part(name="rest of storing", of=_storing_rest, colour="#A89AD6", pattern="x"),
    Part(name="returning", of=lambda found: found.returning, colour="#6F9F87", pattern="-"),
)


def chart(report: Report) -> Chart:
    """Draw one bar per cell. Where the queue is full, without the parts that are the wait in it."""
    cells = _measured(report)
    full = any(cell.rate is None for cell, _ in cells)
    known = [part for part in PARTS if any(part.of(found) is not None for _, found in cells)]
    return lines.finished(
        [_trace(part, cells) for part in known if not (full and part.queued)],
        {
            "barmode": "stack",
            "xaxis": lines.up(f"mean time per task ({UNIT})") | {"ticks": "outside"},
            "yaxis": lines.categories(cell.name for cell, _ in cells),
            "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        },
        height=AROUND + BAR * max(3, sum(1 + cell.name.count(" ") for cell, _ in cells)),
    )


def table(report: Report) -> Table:
    """Return all parts and their sum."""
    return Table(
        columns=(
            Column(heading="cell"),
            *(Column(heading=part.name, unit=UNIT) for part in PARTS),
            Column(heading="whole", unit=UNIT),
        ),
        rows=tuple(
            (cell.name, *(_milliseconds(part.of(found)) for part in PARTS), found.total * PER_SECOND)
            for cell, found in _measured(report)
        ),
        models=tuple(cell.model for cell, _ in _measured(report)),
    )


def notes(report: Report) -> tuple[str, ...]:
    """Name what is not drawn, and what is not known."""
    measured = _measured(report)
    found = []
    if any(cell.rate is None for cell, _ in measured):
        found.append(
            "The queue was full, so the waits in the broker and before the hand-over only show how much was queued: "
            "the bars leave them out, the table has them."
        )
    if any(each.cpu is None for _, each in measured):
        found.append(
            "Greenlets share a thread, so the CPU time of one body cannot be separated from that of others; "
            "CPU and throttling shows the CPU time per task."
        )
    if any(each.cpu is not None and each.core_wait is None for _, each in measured):
        found.append(
            "Where the wait for a core is missing it was not measured and is part of the rest: the kernel does not "
            "count it, or an earlier version of the lab stored the trials."
        )
    return tuple(found)


def _measured(report: Report) -> list[tuple[CellSummary, Breakdown]]:
    return [(cell, cell.breakdown) for cell in report.cells if cell.breakdown is not None]


def _trace(part: Part, cells: list[tuple[CellSummary, Breakdown]]) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "name": part.name,
        "x": [_milliseconds(part.of(found)) for _, found in cells],
        "y": [cell.name for cell, _ in cells],
        "marker": {
            "color": part.colour,
            "pattern": {"shape": part.pattern, "fillmode": "overlay", "size": 6, "solidity": 0.2},
        },
        "hovertemplate": f"%{{y}}<br>{part.name} %{{x:,.3r}} {UNIT}<extra></extra>",
    }


def _milliseconds(time: Seconds | None) -> float | None:
    return None if time is None else time * PER_SECOND


BREAKDOWN = Drawing(
    name="breakdown",
    title="Where the time went",
    about=(
        "Means over tasks, from sent to returned. The thread of a task is on a core, or ready and waiting for a core, "
        "or it waits for the GIL, I/O, a lock or a subprocess, which is the rest. Threads that share a GIL show it "
        "here: the same time on a core, and more and more rest."
    ),
    chart=chart,
    table=table,
    notes=notes,
)
