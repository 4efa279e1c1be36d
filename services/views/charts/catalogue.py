"""The figures of an experiment, in the order of the page."""

from __future__ import annotations

from typing import Final

from services.core.errors import NotFound
from services.core.report import Report
from services.views.charts.breakdown import BREAKDOWN
from services.views.charts.cpu import CPU
from services.views.charts.drawing import Chart, Drawing
from services.views.charts.efficiency import EFFICIENCY
from services.views.charts.handover import HANDOVER
from services.views.charts.latency import LATENCY
from services.views.charts.load import LOAD
from services.views.charts.payload import PAYLOAD
from services.views.charts.peak_memory import MEMORY
from services.views.charts.slot_memory import SLOT_MEMORY
from services.views.charts.speedup import SPEEDUP
from services.views.charts.throughput import THROUGHPUT
from services.views.charts.tradeoff import TRADEOFF
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
    """Return every chart by the name of its figure."""
    return {figure.name: figure.chart(report) for figure in FIGURES}


def table(report: Report, name: str) -> Table:
    """Return the table of the figure `name`, or with `-findings` after it the second one. Raises NotFound."""
    for figure in FIGURES:
        if name == figure.name:
            return figure.table(report)
        if name == figure.name + FINDINGS and (found := figure.findings(report)).columns:
            return found
    raise NotFound(f"there is no figure {name}: there are {', '.join(figure.name for figure in FIGURES)}")
