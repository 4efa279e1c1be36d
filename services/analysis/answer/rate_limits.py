"""What limits workers at planned rates."""

from __future__ import annotations

from collections.abc import Sequence

from services.analysis.answer.diagnosing import diagnoses
from services.analysis.answer.limit_rule import VariantReadings, evidence
from services.analysis.answer.readings import CellReading
from services.core.advice import Diagnosis, Limit
from services.core.labels import bare, listed, planned_rate
from services.core.report import Sustained, VariantVerdict


def diagnoses_at_rates(verdict: VariantVerdict, about: VariantReadings) -> tuple[Diagnosis, ...]:
    """Return what limits the rates of a variant: nothing where all were kept, else what limits the cells that missed.

    A worker that misses a rate has a full queue, so the same rules hold for it.
    """
    missed = {(one.group.model, one.group.concurrency, one.lowest_missed) for one in verdict.sustained}
    behind = [one for one in about.cells if (one.model, one.cell.concurrency, one.cell.rate) in missed]
    if behind:
        return diagnoses(VariantReadings(cells=behind, memory_limit=about.memory_limit))
    late = [one for one in verdict.sustained if one.lowest_missed is None and one.highest_kept is None]
    return _publisher(late, about.cells) if late else _nothing(verdict, about.cells)


def _publisher(late: Sequence[Sustained], cells: Sequence[CellReading]) -> tuple[Diagnosis, ...]:
    names = listed([bare(one.group) for one in late])
    groups = {(one.group.model, one.group.concurrency) for one in late}
    found = [one for one in cells if (one.model, one.cell.concurrency) in groups]
    lags = [(one, max((trial.publisher_lag or 0.0 for trial in one.cell.trials), default=0.0)) for one in found]
    return (
        Diagnosis(
            limit=Limit.PUBLISHER,
            cells=tuple(one.name for one in found),
            text=f"The publisher could not keep the schedule for {names}: nothing is known about the worker.",
            remedy="Plan lower rates, or leave the publisher a core.",
            evidence=tuple(each for one, lag in lags for each in evidence(one, lag=lag)),
        ),
    )


def _nothing(verdict: VariantVerdict, cells: Sequence[CellReading]) -> tuple[Diagnosis, ...]:
    highest = max((one.highest_kept for one in verdict.sustained if one.highest_kept is not None), default=None)
    if highest is None:
        return ()
    found = [one for one in cells if one.cell.rate == highest]
    return (
        Diagnosis(
            limit=Limit.NOTHING,
            cells=tuple(one.name for one in found),
            text=f"Every planned rate was kept, up to {planned_rate(highest)}.",
            remedy="Plan higher rates (--rate) to find the limit.",
            evidence=tuple(each for one in found for each in evidence(one, slots_busy=one.busy)),
        ),
    )
