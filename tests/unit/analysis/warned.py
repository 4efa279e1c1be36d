"""What is said about a cell whose trials are made by hand."""

from __future__ import annotations

from services.analysis.cells.warnings.catalogue import warnings_about
from services.analysis.cells.warnings.rule import CellTrials
from services.core.environment import Environment
from services.core.experiment import Cell
from services.core.summary import Warn, Warned
from services.core.trial import TrialResult
from tests.unit.analysis.made import PREFORK, environment, result
from tests.unit.analysis.used import usage

STEADY = [result(100), result(101), result(99)]


def due(
    results: list[TrialResult],
    *,
    cell: Cell = PREFORK,
    nodes: Environment | None = None,
    window: float = 1,
    unfinished: bool = False,
) -> dict[Warn, Warned]:
    found = warnings_about(
        CellTrials(cell=cell, results=results, window=window, environment=nodes or environment(), unfinished=unfinished)
    )
    assert len({warned.name for warned in found}) == len(found)
    return {warned.name: warned for warned in found}


def used(**figures: float) -> list[TrialResult]:
    """Three steady trials of 2 s that used this."""
    return [result(100, window=2, used=usage(**figures)) for _ in range(3)]  # type: ignore[arg-type]
