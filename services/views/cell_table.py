"""The cells of a report as one table: rate, latency, memory and hand-over of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.core.report import Report
from services.core.summary import CellSummary, Warn
from services.views.tables import Column, Row, Table, bounded, spread

#: Marks per cell: more do not fit beside the figures.
MOST_MARKS: Final = 6

COLUMNS: Final = (
    Column(heading="cell"),
    *bounded("throughput", "tasks/s"),
    Column(heading="p50", unit="ms"),
    Column(heading="PSS peak", unit="MiB"),
    Column(heading="hand-over", unit="µs"),
    Column(heading=""),
)


def cells(report: Report) -> Table:
    """Return a row per cell. A star marks the cells with the first rank, a number in brackets a warning."""
    marks = numbered_warnings(report)
    return Table(
        columns=COLUMNS,
        rows=tuple(_row(cell, marks, best=cell.name in report.verdict.best) for cell in report.cells),
    )


def numbered_warnings(report: Report) -> Mapping[Warn, int]:
    """Return the warnings of a report with their numbers from 1, in the order of the cells."""
    seen = dict.fromkeys(warned.name for cell in report.cells for warned in cell.warnings)
    return {name: number for number, name in enumerate(seen, 1)}


def _row(cell: CellSummary, marks: Mapping[Warn, int], *, best: bool) -> Row:
    latency, memory = cell.latency, cell.memory
    # Hand-over matters with a full queue; at planned rates the names of cells need its place.
    handover = cell.handover if cell.rate is None else None
    return (
        f"{cell.name} *" if best else cell.name,
        *spread(cell.throughput),
        None if latency is None else latency.p50.estimate * 1e3,
        None if memory is None else memory.pss.peak.estimate / 2**20,
        None if handover is None else handover.estimate * 1e6,
        _marks({marks[warned.name] for warned in cell.warnings}) or None,
    )


def _marks(numbers: set[int]) -> str:
    """Return `[1]`, `[1,2,3]`, `[1,2,3,4,5,…]`; empty without numbers."""
    found = [str(number) for number in sorted(numbers)]
    if len(found) > MOST_MARKS:
        found[MOST_MARKS - 1 :] = "…"
    return f"[{','.join(found)}]" if found else ""
