"""The trials whose single tasks can be looked at, and the one that is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from dashboard.pages.report_sections import TrialRow
from services.core.errors import NotFound
from services.core.models import Slot
from services.core.report import Report
from services.core.summary import CellSummary
from services.lab.door import Lab
from services.views.charts import timeline
from services.views.tables import Table

#: Kinds of slot in the order in which they are worth a first look: threads show the GIL.
MOST_INSTRUCTIVE: Final = (Slot.THREAD, Slot.PROCESS, Slot.GREENLET, Slot.MAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineChoice:
    """One trial, task by task, and what else there is to choose from."""

    chosen: TrialRow
    choices: tuple[TrialRow, ...]
    #: None when no single tasks were kept of the chosen trial.
    table: Table | None
    summary: str


def look(lab: Lab, report: Report, asked: str | None) -> TimelineChoice | None:
    """Return the trial with the index `asked`; without one the most informative, None while no trial has finished.

    Raises NotFound when the trial that was asked for has not finished, or is none.
    """
    choices = _choices(report)
    chosen = (_most_instructive(choices) if choices else None) if asked is None else _finished(report, asked)
    if chosen is None:
        return None
    if chosen not in choices:
        choices = (*choices, chosen)
    with suppress(NotFound):
        found = lab.timeline(report.id, chosen.trial.index)
        return TimelineChoice(
            chosen=chosen,
            choices=choices,
            table=timeline.table(found, chosen.cell.model),
            summary=timeline.summary(found, chosen.cell.model),
        )
    return TimelineChoice(
        chosen=chosen, choices=choices, table=None, summary="No single tasks were kept of this trial: it is an old one."
    )


def _finished(report: Report, index: str) -> TrialRow:
    rows = (TrialRow(cell=cell, trial=trial) for cell in report.cells for trial in cell.trials if not trial.failure)
    for row in rows:
        if str(row.trial.index) == index:
            return row
    raise NotFound(f"experiment {report.id} has no finished trial {index}")


def cell_of(report: Report, index: int) -> CellSummary:
    """Return the cell of a trial that ended. Raises NotFound."""
    for cell in report.cells:
        if any(trial.index == index for trial in cell.trials):
            return cell
    raise NotFound(f"trial {index} of experiment {report.id} has not ended")


def _choices(report: Report) -> tuple[TrialRow, ...]:
    """Return the first finished trial of every cell."""
    rows = (
        next((TrialRow(cell=cell, trial=trial) for trial in cell.trials if not trial.failure), None)
        for cell in report.cells
    )
    return tuple(row for row in rows if row is not None)


def _most_instructive(choices: Sequence[TrialRow]) -> TrialRow:
    """Return the cell with the most slots, of the model that shows the most."""
    return min(choices, key=lambda row: (MOST_INSTRUCTIVE.index(row.cell.model.traits.slot), -row.cell.concurrency))
