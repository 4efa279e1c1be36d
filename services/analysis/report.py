"""The report of an experiment: the analysis of its stored data, and its progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from services.analysis.across import verdict
from services.analysis.across.pareto import pareto_fronts
from services.analysis.across.payload import payload
from services.analysis.across.scaling import bare_efficiency, scaling
from services.analysis.across.slot_memory import slot_memory
from services.analysis.answer.advising import NO_LIMITS, advise
from services.analysis.cells.bare_speedup import bare_speedups
from services.analysis.cells.load import load
from services.analysis.cells.summary import by_cell, cell_summary
from services.analysis.usable_cores import cores_of_every_cell
from services.core.advice import Advice, TaskTimeLimits
from services.core.environment import Environment
from services.core.experiment import Plan, Record, Trial
from services.core.findings import Findings
from services.core.reference_loop import Reference
from services.core.report import CurrentTrial, Progress, Report, Verdict
from services.core.summary import CellSummary
from services.core.trial import TrialResult
from services.core.units import Seconds, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The part of a report that depends on stored data only; slow to compute, so it is cached."""

    cells: tuple[CellSummary, ...]
    findings: Findings
    verdict: Verdict
    advice: Advice
    #: Number of trials that ended.
    done: int
    #: Seconds that each ended trial took, by the name of its cell.
    took: Mapping[str, tuple[Seconds, ...]]
    #: Trials of the plan without a result; none once the experiment ended.
    unmeasured: tuple[Trial, ...]
    #: Units of the workload's parameters, as declared.
    units: Mapping[str, str]


def build(
    record: Record,
    plan: Plan,
    results: Sequence[TrialResult],
    environment: Environment,
    *,
    now: CurrentTrial | None,
    cancelling: bool = False,
    time: Timestamp,
    units: Mapping[str, str] | None = None,
) -> Report:
    """Return the report as of `time`: `analyse` and `assemble` in one."""
    analysis = analyse(plan, results, environment, ended=record.state.ended, units=units or {})
    return assemble(record, analysis, environment, now=now, cancelling=cancelling, time=time)


def analyse(
    plan: Plan,
    results: Sequence[TrialResult],
    environment: Environment,
    *,
    ended: bool,
    units: Mapping[str, str],
    limits: TaskTimeLimits = NO_LIMITS,
) -> Analysis:
    """Summarise the cells and compare them. `results` are those of the trials that ended, in any order.

    A result belongs to the cell that its own trial names, even if the plan has another at that index. `units` are
    those of the workload's parameters, where they are known; `limits` are those that the task declares.
    """
    unmeasured = () if ended else _unmeasured(plan, results)
    unfinished = {trial.cell.name for trial in unmeasured}
    cells = tuple(
        cell_summary(
            cell,
            measured,
            window=plan.window,
            environment=environment,
            unfinished=cell.name in unfinished,
        )
        for cell, measured in by_cell(plan.cells, results)
    )
    took: dict[str, tuple[Seconds, ...]] = {}
    for result in results:
        name = result.trial.cell.name
        took[name] = (*took.get(name, ()), result.elapsed)
    findings, found = findings_of(cells, environment, units), verdict.reach(cells, units, ended=ended)
    return Analysis(
        cells=cells,
        findings=findings,
        verdict=found,
        advice=advise(cells, found, environment, findings.bare, limits=limits),
        done=len(results),
        took=took,
        unmeasured=unmeasured,
        units=units,
    )


def findings_of(cells: Sequence[CellSummary], environment: Environment, units: Mapping[str, str]) -> Findings:
    """Return the findings about the cells of one experiment on the nodes of `environment`; `units` by parameter."""
    speedups, bare = scaling(cells, environment), bare_speedups(environment)
    return Findings(
        scaling=speedups,
        memory=slot_memory(cells, environment),
        payload=payload(cells, units),
        load=load(cells),
        bare=bare,
        bare_efficiency=bare_efficiency(cells, speedups, bare),
        pareto=pareto_fronts(cells),
        usable_cores=cores_of_every_cell(cells, environment),
    )


def assemble(
    record: Record,
    analysis: Analysis,
    environment: Environment,
    *,
    now: CurrentTrial | None,
    cancelling: bool,
    time: Timestamp,
) -> Report:
    """Return the report as of `time`."""
    return Report(
        id=record.experiment.id,
        state=record.state,
        reason=record.reason,
        experiment=record.experiment,
        started=record.started,
        ended=record.ended,
        progress=Progress(
            done=analysis.done,
            total=record.total,
            seconds_left=_left(record, analysis, environment.references, now=now, time=time),
            now=now,
            cancelling=cancelling and not record.state.ended,
        ),
        environment=environment,
        cells=analysis.cells,
        findings=analysis.findings,
        verdict=analysis.verdict,
        advice=analysis.advice,
        units=dict(analysis.units),
    )


def _unmeasured(plan: Plan, results: Sequence[TrialResult]) -> tuple[Trial, ...]:
    """Return the trials of the plan that have no result yet."""
    done = {(result.trial.cell.name, result.trial.repeat) for result in results}
    return tuple(trial for trial in plan.trials if (trial.cell.name, trial.repeat) not in done)


def _left(
    record: Record,
    analysis: Analysis,
    references: Sequence[Reference],
    *,
    now: CurrentTrial | None,
    time: Timestamp,
) -> Seconds | None:
    """Return the seconds until the last trial ends: 0 once the experiment ended, None before the first trial ended.

    A trial takes what trials of its cell took on average, or all trials while its cell has none; the reference loops of
    a block take what they took in the blocks so far. Time since the start that was not spent on ended trials and
    reference loops went into the trial that runs, up to all of it.
    """
    if record.state.ended:
        return 0.0
    if not analysis.done or record.started is None:
        return None
    every = [elapsed for cell in analysis.took.values() for elapsed in cell]
    expected = {trial.index: fmean(analysis.took.get(trial.cell.name, every)) for trial in analysis.unmeasured}
    running = expected.get(now.trial, 0.0) if now else 0.0
    loops = sum(one.elapsed for one in references)
    begun = {one.block for one in references}
    ahead = {trial.repeat for trial in analysis.unmeasured} - begun
    spent = time - record.started - sum(every) - loops
    return sum(expected.values()) + loops / max(len(begun), 1) * len(ahead) - min(max(spent, 0.0), running)
