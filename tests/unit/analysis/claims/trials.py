"""Trials of a preset, made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.analysis.cells.summary import cell_summary
from services.analysis.cells.warnings.catalogue import RULES
from services.analysis.claims.catalogue import JUDGES
from services.analysis.report import findings_of
from services.core.claims import Judged
from services.core.environment import Environment
from services.core.experiment import Cell, State
from services.core.figures import Breakdown, Footprint, ReturnedNumbers
from services.core.models import Model
from services.core.report import Progress, Report, Verdict
from services.core.summary import CellSummary, Warn, Warned
from services.core.trial import TrialResult
from services.core.units import Value
from tests.unit.analysis import made

MIB = 2**20


def cell(model: Model, concurrency: int = 2, **params: Value) -> Cell:
    return Cell(workload="primes", params=params, model=model, concurrency=concurrency, replicas=1)


def trials(
    model: Model,
    *rates: float,
    concurrency: int = 2,
    params: Mapping[str, Value] | None = None,
    body: float | None = None,
    memory: float | None = None,
    **figures: Any,
) -> list[TrialResult]:
    """A finished trial for each rate: a repeat each. `memory` is peak PSS in MiB, `body` the mean body in seconds."""
    if body is not None:
        figures["breakdown"] = breakdown(body)
    if memory is not None:
        figures["pss"] = Footprint(idle=0, peak=int(memory * MIB))
    at = cell(model, concurrency, **(params or {}))
    return [made.result(rate, cell=at, repeat=repeat, **figures) for repeat, rate in enumerate(rates)]


def breakdown(body: float) -> Breakdown:
    return replace(made.breakdown(), cpu=body / 2, off_cpu=body / 2)


def returned(least: int, most: int) -> ReturnedNumbers:
    return ReturnedNumbers(least=least, most=most)


def deaths(model: Model, *counts: tuple[int, int]) -> list[TrialResult]:
    """Failed trials in which so many tasks were lost, and so many of them had begun."""
    return [
        replace(made.result(None, cell=cell(model), repeat=repeat, lost=lost), died_with_slot=died)
        for repeat, (lost, died) in enumerate(counts)
    ]


def judge(name: str, results: Sequence[TrialResult], *, cores: int = 2, warned: Warn | None = None) -> Judged:
    """What the claim's rule says of these trials, on one node with so many cores."""
    cells = [replace(summary(one, results), warnings=warnings(warned)) for one in _cells(results)]
    environment = Environment(nodes=(made.node(cores=cores),))
    report = Report(
        id="e1",
        state=State.FINISHED,
        reason="",
        experiment=made.record(State.FINISHED).experiment,
        started=None,
        ended=None,
        progress=Progress(done=0, total=0),
        environment=environment,
        cells=tuple(cells),
        findings=findings_of(cells, environment, {}),
        verdict=Verdict(text=""),
    )
    return JUDGES[name].judge(results, report)


def summary(at: Cell, results: Sequence[TrialResult]) -> CellSummary:
    mine = [one for one in results if one.trial.cell == at]
    environment = Environment(nodes=(made.node(),))
    return cell_summary(at, mine, window=1.0, environment=environment, unfinished=False)


def warnings(warned: Warn | None) -> tuple[Warned, ...]:
    return () if warned is None else (Warned(name=warned, text="", remedy="", doubt=RULES[warned].doubt),)


def _cells(results: Sequence[TrialResult]) -> list[Cell]:
    found: list[Cell] = []
    for one in results:
        if one.trial.cell not in found:
            found.append(one.trial.cell)
    return found
