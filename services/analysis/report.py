"""Everything known of an experiment, as a user sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from services.analysis import verdict
from services.analysis.cells import cell_summary
from services.analysis.findings import findings
from services.core.environment import Environment
from services.core.experiment import Plan, Record
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
) -> Report:
    """The report as of `time`. `results` are those of the trials that ended, in any order."""
    ended = record.state.ended
    by_index = {result.trial.index: result for result in results}
    by_cell: dict[str, list[TrialResult]] = {cell.name: [] for cell in plan.cells}
    unfinished = set()
    for trial in plan.trials:
        if trial.index in by_index:
            by_cell[trial.cell.name].append(by_index[trial.index])
        elif not ended:
            unfinished.add(trial.cell.name)
    cells = tuple(
        cell_summary(
            cell,
            by_cell[cell.name],
            window=plan.window,
            environment=environment,
            unfinished=cell.name in unfinished,
        )
        for cell in plan.cells
    )
    return Report(
        id=record.experiment.id,
        state=record.state,
        reason=record.reason,
        experiment=record.experiment,
        started=record.started,
        ended=record.ended,
        progress=Progress(
            done=len(by_index),
            total=record.total,
            left=_left(record, plan, by_index, now=now, time=time),
            now=now,
            cancelling=cancelling and not ended,
        ),
        environment=environment,
        cells=cells,
        findings=findings(cells, environment),
        verdict=verdict.reach(cells, ended=ended),
    )


def _left(
    record: Record, plan: Plan, ended: Mapping[int, TrialResult], *, now: Now | None, time: Timestamp
) -> Seconds | None:
    """Seconds until the last trial ends: 0 once the experiment ended, None before a first trial told.

    A trial takes what trials of its cell took on average, or all trials while its cell has none. Time that passed
    since the start and was not spent on ended trials went into the one that runs, up to all of it.
    """
    if record.state.ended:
        return 0.0
    if not ended or record.started is None:
        return None
    took: dict[str, list[Seconds]] = {}
    for result in ended.values():
        took.setdefault(result.trial.cell.name, []).append(result.elapsed)
    every = [result.elapsed for result in ended.values()]
    expected = {
        trial.index: fmean(took.get(trial.cell.name, every)) for trial in plan.trials if trial.index not in ended
    }
    running = expected.get(now.trial, 0.0) if now else 0.0
    spent = time - record.started - sum(every)
    return sum(expected.values()) - min(max(spent, 0.0), running)
