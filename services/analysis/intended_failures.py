"""Experiments whose trials fail by intention: such an end is a result, not an alarm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Protocol

from services.core.experiment import State
from services.core.report import Report
from services.core.summary import CellSummary, Warn

#: Warnings that repeat what such an experiment was run for.
EXPECTED: Final = frozenset({Warn.TRIAL_FAILED, Warn.LOST_TASKS})


class Ended(Protocol):
    """A trial that ended."""

    @property
    def failure(self) -> str:
        """Reason of the failure; empty if the trial finished."""

    @property
    def lost(self) -> int:
        """Number of lost tasks."""


def as_intended(trials: Iterable[Ended]) -> bool:
    """Return whether all trials of a workload that fails by intention failed and lost tasks.

    A trial that failed before it lost a task (no node, no worker) does not count.
    """
    ended = tuple(trials)
    return bool(ended) and all(trial.failure and trial.lost for trial in ended)


def reworded_as_intended(report: Report, shows: str) -> Report:
    """Return the report reworded for an experiment that was run to fail; unchanged if it ended otherwise.

    `shows` is the workload's `failure_shows`; empty for a workload that is not meant to fail.
    """
    trials = [trial for cell in report.cells for trial in cell.trials]
    if not shows or report.state not in (State.FAILED, State.INTENDED) or not as_intended(trials):
        return report
    text = f"Ended as intended: run to show {shows}. {_losses(report.cells)}."
    return replace(
        report,
        state=State.INTENDED,
        reason="",
        cells=tuple(map(_without_alarm, report.cells)),
        verdict=replace(report.verdict, text=text),
    )


def _without_alarm(cell: CellSummary) -> CellSummary:
    return replace(cell, warnings=tuple(warned for warned in cell.warnings if warned.name not in EXPECTED))


def _losses(cells: Iterable[CellSummary]) -> str:
    """Return text like `Tasks lost per trial: threads@2 89 to 151, prefork@2 1`."""
    found = []
    for cell in cells:
        lost = sorted(trial.lost for trial in cell.trials)
        if lost:
            found.append(f"{cell.name} {lost[0]}{f' to {lost[-1]}' if lost[-1] > lost[0] else ''}")
    return f"Tasks lost per trial: {', '.join(found)}"
