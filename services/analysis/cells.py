"""A cell over its repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from services.analysis import intervals, warnings
from services.core.environment import Environment
from services.core.experiment import Cell
from services.core.report import CellSummary, Cpu, Memory, MemorySummary, TrialSummary
from services.core.trial import Figures, Footprint, Latency, TrialResult
from services.core.units import Seconds


def cell_summary(
    cell: Cell,
    results: Sequence[TrialResult],
    *,
    window: Seconds,
    environment: Environment,
    unfinished: bool,
) -> CellSummary:
    """A cell from its trials that ended; failed ones are listed and have no part in the figures.

    `window` is the shortest one asked for; `unfinished`, whether trials of this cell are still to come. Both are for
    the warnings, and so is `environment`.
    """
    figures = [result.figures for result in results if result.figures is not None]
    evidence = warnings.Evidence(
        cell=cell, results=results, window=window, environment=environment, unfinished=unfinished
    )
    return CellSummary(
        name=cell.name,
        workload=cell.workload,
        params=cell.params,
        model=cell.model,
        concurrency=cell.concurrency,
        replicas=cell.replicas,
        trials=tuple(map(_trial, results)),
        throughput=intervals.median([each.throughput for each in figures]) if figures else None,
        latency=_latency([each.latency for each in figures]) if figures else None,
        memory=_memory(figures) if figures else None,
        handover=intervals.median([each.handover for each in figures]) if figures else None,
        cpu=_cpu(figures) if figures else None,
        facts=next((result.facts for result in reversed(results) if result.figures), None),
        warnings=warnings.due(evidence),
    )


def _trial(result: TrialResult) -> TrialSummary:
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
    )


def _latency(latencies: Sequence[Latency]) -> Latency:
    """The median repeat, percentile by percentile."""
    return Latency(
        p50=median(each.p50 for each in latencies),
        p95=median(each.p95 for each in latencies),
        p99=median(each.p99 for each in latencies),
    )


def _memory(figures: Sequence[Figures]) -> Memory:
    return Memory(
        pss=_footprint([each.pss for each in figures]),
        uss=_footprint([each.uss for each in figures]),
        rss=_footprint([each.rss for each in figures]),
    )


def _footprint(footprints: Sequence[Footprint]) -> MemorySummary:
    peak = intervals.median([each.peak for each in footprints])
    return MemorySummary(
        median=round(peak.median),
        low=None if peak.low is None else round(peak.low),
        high=None if peak.high is None else round(peak.high),
        idle=round(median(each.idle for each in footprints)),
    )


def _cpu(figures: Sequence[Figures]) -> Cpu:
    def over(share: Callable[[Figures], float]) -> float:
        return float(median(map(share, figures)))

    return Cpu(
        cores=over(lambda each: (each.usage.user + each.usage.system) / each.window),
        user_per_task=over(lambda each: each.usage.user / each.tasks),
        system_per_task=over(lambda each: each.usage.system / each.tasks),
        switches_per_task=over(
            lambda each: (each.usage.voluntary_switches + each.usage.involuntary_switches) / each.tasks
        ),
        throttled=over(lambda each: each.usage.throttled),
        others=over(lambda each: each.usage.others / each.window),
        sampler=over(lambda each: each.usage.sampler / each.window),
    )
