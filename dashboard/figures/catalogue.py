"""The figures of an experiment, in the order of the page."""

from __future__ import annotations

from typing import Final

from dashboard.figures.breakdown import BREAKDOWN
from dashboard.figures.cpu import CPU
from dashboard.figures.drawing import Chart, Drawing, Table
from dashboard.figures.efficiency import EFFICIENCY
from dashboard.figures.handover import HANDOVER
from dashboard.figures.latency import LATENCY
from dashboard.figures.load import LOAD
from dashboard.figures.memory import MEMORY
from dashboard.figures.payload import PAYLOAD
from dashboard.figures.slot_memory import SLOT_MEMORY
from dashboard.figures.speedup import SPEEDUP
from dashboard.figures.throughput import THROUGHPUT
from dashboard.figures.tradeoff import TRADEOFF
from services.core.errors import NotFound
from services.core.report import Report

FIGURES: Final[tuple[Drawing, ...]] = (
    THROUGHPUT,
    LOAD,
    SPEEDUP,
    EFFICIENCY,
    LATENCY,
    BREAKDOWN,
    CPU,
    MEMORY,
    SLOT_MEMORY,
    TRADEOFF,
    HANDOVER,
    PAYLOAD,
)
#: After the name of a figure: the table of what follows from it.
FINDINGS: Final = "-findings"


def charts(report: Report) -> dict[str, Chart]:
    """Every chart by the name of its figure."""
    return {figure.name: figure.chart(report) for figure in FIGURES}


def table(report: Report, name: str) -> Table:
    """The table of the figure `name`, or with `-findings` after it the second one. Raises NotFound."""
    for figure in FIGURES:
        if name == figure.name:
            return figure.table(report)
        if name == figure.name + FINDINGS and (found := figure.findings(report)).columns:
            return found
    raise NotFound(f"there is no figure {name}: there are {', '.join(figure.name for figure in FIGURES)}")
