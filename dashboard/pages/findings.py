"""A report rearranged for its page."""

from __future__ import annotations

from dataclasses import dataclass

from services.core.experiment import Model
from services.core.report import CellSummary, Report, TrialSummary, Warned
from services.core.trial import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class CellsWarned:
    """A warning with all cells it is about."""

    warned: Warned
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    """A trial with the cell it is of."""

    cell: CellSummary
    trial: TrialSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRow:
    """What the measured workers of a model said of themselves."""

    model: Model
    facts: Facts


def warnings(report: Report) -> tuple[CellsWarned, ...]:
    """Each warning once."""
    found: dict[Warned, list[str]] = {}
    for cell in report.cells:
        for warned in cell.warnings:
            found.setdefault(warned, []).append(cell.name)
    return tuple(CellsWarned(warned=warned, cells=tuple(cells)) for warned, cells in found.items())


def trials(report: Report) -> tuple[TrialRow, ...]:
    """Trials that ended, in the order they ran."""
    rows = [TrialRow(cell=cell, trial=trial) for cell in report.cells for trial in cell.trials]
    return tuple(sorted(rows, key=lambda row: row.trial.index))


def facts(report: Report) -> tuple[FactsRow, ...]:
    """One row a model, more where its workers differ."""
    rows = [FactsRow(model=cell.model, facts=cell.facts) for cell in report.cells if cell.facts is not None]
    return tuple(dict.fromkeys(rows))
