"""Everything known of an experiment, as a user sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from services.analysis.across import verdict
from services.analysis.across.findings import findings
from services.analysis.cells.summary import by_cell, cell_summary
from services.core.environment import Environment
from services.core.experiment import Plan, Record, Trial
from services.core.reference import Reference
from services.core.report import Now, Progress, Report
from services.core.trial import TrialResult
from services.core.units import Seconds, Timestamp


def build(
    record: Record,
    plan: Plan,
    results: Sequence[TrialResult],
    environment: Environment,
    *,
    now: Now | None,
    cancelling: bool = False,
    time: Timestamp,
    units: Mapping[str, str] | None = None,
) -> Report:
    """Return the report as of `time`. `results` are those of the trials that ended, in any order.

    A result belongs to the cell that its own trial names, whatever the plan has at that index. `units` are those of
    the workload's parameters, where they are known.
    """
    ended = record.state.ended
    left = () if ended else _unmeasured(plan, results)
    unfinished = {trial.cell.name for trial in left}
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
    return Report(
        id=record.experiment.id,
        state=record.state,
        reason=record.reason,
        experiment=record.experiment,
        started=record.started,
        ended=record.ended,
        progress=Progress(
            done=len(results),
            total=record.total,
            left=_left(record, left, results, environment.references, now=now, time=time),
            now=now,
            cancelling=cancelling and not ended,
        ),
        environment=environment,
        cells=cells,
        findings=findings(cells, environment),
        verdict=verdict.reach(cells, units or {}, ended=ended),
    )


def _unmeasured(plan: Plan, results: Sequence[TrialResult]) -> tuple[Trial, ...]:
    """Return the trials of the plan that have no result yet."""
    done = {(result.trial.cell.name, result.trial.repeat) for result in results}
    return tuple(trial for trial in plan.trials if (trial.cell.name, trial.repeat) not in done)


def _left(
    record: Record,
    unmeasured: Sequence[Trial],
    results: Sequence[TrialResult],
    references: Sequence[Reference],
    *,
    now: Now | None,
    time: Timestamp,
) -> Seconds | None:
    """Return the seconds until the last trial ends: 0 once the experiment ended, None before the first trial ended.

    A trial takes what trials of its cell took on average, or all trials while its cell has none; the reference loops of
    a block take what they took in the blocks so far. Time since the start that was not spent on ended trials and
    reference loops went into the trial that runs, up to all of it.
    """
    if record.state.ended:
        return 0.0
    if not results or record.started is None:
        return None
    took: dict[str, list[Seconds]] = {}
    for result in results:
        took.setdefault(result.trial.cell.name, []).append(result.elapsed)
    every = [result.elapsed for result in results]
    expected = {trial.index: fmean(took.get(trial.cell.name, every)) for trial in unmeasured}
    running = expected.get(now.trial, 0.0) if now else 0.0
    loops = sum(one.elapsed for one in references)
    begun = {one.block for one in references}
    ahead = {trial.repeat for trial in unmeasured} - begun
    spent = time - record.started - sum(every) - loops
    return sum(expected.values()) + loops / max(len(begun), 1) * len(ahead) - min(max(spent, 0.0), running)
