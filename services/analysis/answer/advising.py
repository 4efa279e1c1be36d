"""The advice of an experiment, from its cells and their verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.analysis.across import verdict as verdicts
from services.analysis.answer import picks
from services.analysis.answer.ceilings import ceilings
from services.analysis.answer.certainty import certainty
from services.analysis.answer.diagnosing import diagnoses
from services.analysis.answer.headline import headline, missing
from services.analysis.answer.limit_rule import VariantReadings
from services.analysis.answer.picks import Choices
from services.analysis.answer.rate_limits import diagnoses_at_rates
from services.analysis.answer.readings import readings
from services.core.advice import Advice, Aim, CellPick, Diagnosis, Objectives, TaskTimeLimits, VariantAdvice
from services.core.environment import Environment
from services.core.findings import BareSpeedup
from services.core.report import Report, VariantVerdict, Verdict
from services.core.summary import CellSummary

NO_OBJECTIVES: Final = Objectives()
NO_LIMITS: Final = TaskTimeLimits()


def advise(
    cells: Sequence[CellSummary],
    verdict: Verdict,
    environment: Environment,
    bare: Sequence[BareSpeedup],
    *,
    objectives: Objectives = NO_OBJECTIVES,
    limits: TaskTimeLimits = NO_LIMITS,
) -> Advice:
    """Return the answer, one per variant of the verdict. `limits` are those that the task declares.

    With objectives the cells that keep them are compared again; the diagnoses do not depend on objectives.
    """
    return Advice(
        variants=tuple(
            _advise(_alike(cells, one), one, environment, bare, objectives, limits) for one in verdict.variants
        ),
        objectives=objectives,
        limits=limits,
    )


def picked_again(report: Report, objectives: Objectives) -> Report:
    """Return a report whose advice keeps these objectives; nothing else changes."""
    if objectives == report.advice.objectives:
        return report
    advice = advise(
        report.cells,
        report.verdict,
        report.environment,
        report.findings.bare,
        objectives=objectives,
        limits=report.advice.limits,
    )
    return replace(report, advice=advice)


def _alike(cells: Sequence[CellSummary], verdict: VariantVerdict) -> list[CellSummary]:
    """Return the measured cells that a verdict is about."""
    at_a_rate = bool(verdict.sustained)
    return [
        cell
        for cell in cells
        if cell.variant == verdict.variant and (cell.rate is not None) == at_a_rate and cell.throughput is not None
    ]


def _advise(
    cells: Sequence[CellSummary],
    verdict: VariantVerdict,
    environment: Environment,
    bare: Sequence[BareSpeedup],
    objectives: Objectives,
    limits: TaskTimeLimits,
) -> VariantAdvice:
    at_a_rate = bool(verdict.sustained)
    eligible = [cell for cell in cells if picks.keeps(cell, objectives)]
    of = _choices(eligible, verdict if len(eligible) == len(cells) else _again(eligible), environment)
    named = {} if of is None else picks.aims(of)
    chosen = () if of is None else _picked(of, named, limits)
    fastest = next(iter(named.values()), "")
    found = readings(cells, environment)
    about = VariantReadings(
        cells=found, memory_limit=min((node.fingerprint.memory_limit for node in environment.nodes), default=0)
    )
    why: tuple[Diagnosis, ...] = diagnoses_at_rates(verdict, about) if at_a_rate else diagnoses(about, fastest)
    sure = None if of is None or not chosen else certainty(of.verdict, [one.cell for one in chosen], of.cells)
    return VariantAdvice(
        variant=verdict.variant,
        at_a_rate=at_a_rate,
        text=headline(chosen, sure, of, objectives),
        picks=chosen,
        missing=missing(named, cells, objectives, picks.processors(environment)),
        why=why,
        ceilings=() if at_a_rate else ceilings(found, bare),
        certainty=sure,
    )


def _again(cells: Sequence[CellSummary]) -> VariantVerdict | None:
    """Return the verdict on the cells of one variant that keep the objectives; None where no cell does."""
    found = verdicts.reach(cells, {}, ended=True).variants
    return found[0] if found else None


def _choices(cells: Sequence[CellSummary], verdict: VariantVerdict | None, environment: Environment) -> Choices | None:
    if verdict is None:
        return None
    by_name: Mapping[str, CellSummary] = {cell.name: cell for cell in cells}
    return Choices(cells=by_name, verdict=verdict, processors=picks.processors(environment))


def _picked(of: Choices, named: Mapping[Aim, str], limits: TaskTimeLimits) -> tuple[CellPick, ...]:
    """Return one pick per cell, in the order of their first aims."""
    by_cell: dict[str, tuple[Aim, ...]] = {}
    for aim, name in named.items():
        by_cell[name] = (*by_cell.get(name, ()), aim)
    return tuple(picks.pick(of.cells[name], its, of, limits) for name, its in by_cell.items())
