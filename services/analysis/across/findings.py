"""Everything that follows from several cells together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.analysis.across.payload import payload
from services.analysis.across.scaling import scaling
from services.analysis.across.slot_memory import slot_memory
from services.analysis.cells.load import load
from services.analysis.cells.reference import bare_speedups
from services.core.environment import Environment
from services.core.findings import Findings
from services.core.summary import CellSummary


def findings(cells: Sequence[CellSummary], environment: Environment, units: Mapping[str, str]) -> Findings:
    """Return the findings about the cells of one experiment on the nodes of `environment`; `units` by parameter."""
    return Findings(
        scaling=scaling(cells, environment),
        memory=slot_memory(cells, environment),
        payload=payload(cells, units),
        load=load(cells),
        bare=bare_speedups(environment),
    )
