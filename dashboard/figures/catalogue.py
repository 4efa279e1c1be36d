"""The figures of an experiment, in the order of the page."""

from __future__ import annotations

from typing import Final

from dashboard.figures.drawing import Cells, Chart, Drawing
from dashboard.figures.handover import HANDOVER
from dashboard.figures.memory import MEMORY
from dashboard.figures.throughput import THROUGHPUT

FIGURES: Final[tuple[Drawing, ...]] = (THROUGHPUT, MEMORY, HANDOVER)


def charts(cells: Cells) -> dict[str, Chart]:
    """Every chart by the name of its figure."""
    return {figure.name: figure.chart(cells) for figure in FIGURES}
