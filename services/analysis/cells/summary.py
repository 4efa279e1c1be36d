"""A cell over its repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, median

from services.analysis.cells import scatter
from services.analysis.cells.by_block import Pick, series
from services.analysis.cells.by_block import median as median_over_blocks
from services.analysis.cells.warnings.catalogue import warnings_about
from services.analysis.cells.warnings.rule import CellTrials
from services.core.cpu_usage import CoresUsed
from services.core.environment import Environment
from services.core.experiment import Cell
from services.core.figures import Breakdown, Carriage, Figures, Footprint
from services.core.models import Model
from services.core.summary import CellSummary, Cpu, Interval, Memory, MemorySummary, Percentiles, TrialSummary
from services.core.trial import TrialResult
from services.core.units import Seconds


def by_cell(
    planned: Sequence[Cell], results: Sequence[TrialResult]
) -> tuple[tuple[Cell, tuple[TrialResult, ...]], ...]:
    """Return every cell with the results that name it, in the order of their trials.

    First the planned cells, then those that have results and are in no plan.
    """
    ordered = sorted(results, key=lambda result: result.trial.index)
    cells = {cell.name: cell for cell in (*planned, *(result.trial.cell for result in ordered))}
    cells |= {cell.name: cell for cell in planned}
    measured: dict[str, list[TrialResult]] = {name: [] for name in cells}
    for result in ordered:
        measured[result.trial.cell.name].append(result)
    return tuple((cell, tuple(measured[name])) for name, cell in cells.items())


def cell_summary(
    cell: Cell,
    results: Sequence[TrialResult],
    *,
    window: Seconds,
    environment: Environment,
    unfinished: bool,
) -> CellSummary:
    """Summarise a cell from its trials that ended; failed ones are listed and have no part in the figures.

    `window` is the shortest one asked for; `unfinished`, whether trials of this cell are still to come. Both are for
    the warnings, and so is `environment`.
    """
    figures = [result.figures for result in results if result.figures is not None]
    return CellSummary(
        name=cell.name,
        workload=cell.workload,
        params=cell.params,
        model=cell.model,
        concurrency=cell.concurrency,
        replicas=cell.replicas,
        trials=_trials(results),
        throughput=median_over_blocks(series(results, lambda each: each.throughput)),
        latency=_latency(results) if figures else None,
        memory=_memory(results) if figures else None,
        handover=median_over_blocks(series(results, lambda each: each.handover)),
        rate=cell.rate,
        variant=cell.variant,
        carriage=_carriage([each.carriage for each in figures]) if figures else None,
        breakdown=_breakdown([each.breakdown for each in figures], cell.model) if figures else None,
        cpu=_cpu(results) if figures else None,
        children=_children(results),
        facts=next((result.facts for result in reversed(results) if result.figures), None),
        warnings=warnings_about(
            CellTrials(cell=cell, results=results, window=window, environment=environment, unfinished=unfinished)
        ),
    )


def _children(results: Sequence[TrialResult]) -> float:
    """Return the messages per task over all finished trials."""
    finished = [(result.children, result.figures.tasks) for result in results if result.figures is not None]
    tasks = sum(tasks for _, tasks in finished)
    return sum(children for children, _ in finished) / tasks if tasks else 0.0


def _trials(results: Sequence[TrialResult]) -> tuple[TrialSummary, ...]:
    rates = {result.trial.index: result.figures.throughput for result in results if result.figures}
    odd = dict(zip(rates, scatter.outliers(list(rates.values())), strict=True))
    return tuple(_trial(result, outlier=odd.get(result.trial.index, False)) for result in results)


def _trial(result: TrialResult, *, outlier: bool) -> TrialSummary:
    figures, phases = result.figures, result.phases
    return TrialSummary(
        index=result.trial.index,
        repeat=result.trial.repeat,
        nodes=result.nodes,
        failure=result.failure,
        lost=result.lost,
        duplicates=result.duplicates,
        throughput=figures.throughput if figures else None,
        window=figures.window if figures else None,
        tasks=figures.tasks if figures else None,
        overhead=phases.overhead if phases else None,
        outlier=outlier,
        littles_law=figures.littles_law if figures else None,
        carriage=figures.carriage if figures else None,
        body=figures.breakdown.body if figures else None,
        peak=figures.pss.peak if figures else None,
        pace=figures.pace if figures else None,
        publisher_lag=figures.publisher_lag if figures else None,
    )


def _carriage(carriages: Sequence[Carriage]) -> Carriage:
    return Carriage(
        fetching=median(each.fetching for each in carriages),
        handing_over=median(each.handing_over for each in carriages),
        storing=median(each.storing for each in carriages),
        returning=median(each.returning for each in carriages),
    )


def _breakdown(breakdowns: Sequence[Breakdown], model: Model) -> Breakdown:
    """Means, not medians: the parts go on adding up to the whole.

    Earlier versions stored a CPU time for gevent, too; it was that of all greenlets of the thread.
    """
    own = model.traits.has_thread_per_slot
    cpu = _mean_of_known([each.cpu if own else None for each in breakdowns])
    return Breakdown(
        broker=fmean(each.broker for each in breakdowns),
        handover=fmean(each.handover for each in breakdowns),
        cpu=cpu,
        off_cpu=fmean(each.body for each in breakdowns) - (cpu or 0.0),
        storing=fmean(each.storing for each in breakdowns),
        returning=fmean(each.returning for each in breakdowns),
        total=fmean(each.total for each in breakdowns),
        storing_cpu=_mean_of_known([each.storing_cpu for each in breakdowns]),
        core_wait=_mean_of_known([each.core_wait for each in breakdowns]),
    )


def _mean_of_known(values: Sequence[Seconds | None]) -> Seconds | None:
    """Return the mean; None unless all are known."""
    known = [value for value in values if value is not None]
    return fmean(known) if len(known) == len(values) else None


def _interval(results: Sequence[TrialResult], pick: Pick) -> Interval:
    """Return the median of a figure; at least one trial has finished."""
    found = median_over_blocks(series(results, pick))
    assert found is not None
    return found


def _latency(results: Sequence[TrialResult]) -> Percentiles:
    return Percentiles(
        p50=_interval(results, lambda each: each.latency.p50),
        p95=_interval(results, lambda each: each.latency.p95),
        p99=_interval(results, lambda each: each.latency.p99),
    )


def _memory(results: Sequence[TrialResult]) -> Memory:
    return Memory(
        pss=_footprint(results, lambda each: each.pss),
        uss=_footprint(results, lambda each: each.uss),
        rss=_footprint(results, lambda each: each.rss),
    )


def _footprint(results: Sequence[TrialResult], kind: Callable[[Figures], Footprint]) -> MemorySummary:
    return MemorySummary(
        peak=_interval(results, lambda each: kind(each).peak),
        idle=round(_interval(results, lambda each: kind(each).idle).estimate),
    )


def _cpu(results: Sequence[TrialResult]) -> Cpu:
    figures = [each.figures for each in results if each.figures is not None]

    def over(share: Callable[[Figures], float]) -> float:
        return float(median(map(share, figures)))

    def rate(share: Callable[[CoresUsed], float]) -> float:
        return over(lambda each: share(each.cores))

    stopped = [each.cores.stopped for each in figures if each.cores.stopped is not None]
    return Cpu(
        cores=_interval(results, lambda each: each.cores.worker),
        per_task=_interval(results, lambda each: (each.usage.user + each.usage.system) / each.tasks),
        user_per_task=over(lambda each: each.usage.user / each.tasks),
        system_per_task=over(lambda each: each.usage.system / each.tasks),
        switches_per_task=over(
            lambda each: (each.usage.voluntary_switches + each.usage.involuntary_switches) / each.tasks
        ),
        throttled=rate(lambda cores: cores.throttled),
        stopped=float(median(stopped)) if stopped else None,
        others=rate(lambda cores: cores.others),
        steal=rate(lambda cores: cores.steal),
        agent=rate(lambda cores: cores.agent),
        sampler=rate(lambda cores: cores.sampler),
        broker=rate(lambda cores: cores.broker),
    )
