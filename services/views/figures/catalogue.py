"""The figures of an experiment, in the order of the page."""

from __future__ import annotations

from typing import Final

from services.core.errors import NotFound
from services.core.report import Report
from services.views.figures.breakdown import BREAKDOWN
from services.views.figures.cpu import CPU
from services.views.figures.drawing import Chart, Drawing
from services.views.figures.efficiency import EFFICIENCY
from services.views.figures.handover import HANDOVER
from services.views.figures.latency import LATENCY
from services.views.figures.load import LOAD
from services.views.figures.memory import MEMORY
from services.views.figures.payload import PAYLOAD
from services.views.figures.slot_memory import SLOT_MEMORY
from services.views.figures.speedup import SPEEDUP
from services.views.figures.throughput import THROUGHPUT
from services.views.figures.tradeoff import TRADEOFF
from services.views.tables import Table

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
