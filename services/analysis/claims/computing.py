"""Rules about tasks that compute."""

from __future__ import annotations

from services.analysis.cells import intervals
from services.analysis.claims.preset_trials import (
    PresetTrials,
    above,
    below,
    judged,
    over,
    throughput,
    times,
)
from services.core.claims import Judged
from services.core.figures import Figures
from services.core.models import Model

#: Least gain that counts as parallel: more than noise, less than a second core gives.
HALF_MORE = 1.5
#: Largest gain that does not count as parallel.
HARDLY_MORE = 1.25


def gil(trials: PresetTrials) -> Judged:
    """Judge several threads against one thread, pure Python."""
    trials.several_cores()
    ratio = over(trials.each(throughput, Model.THREADS), trials.each(throughput, Model.THREADS, 1))
    slots = trials.of(Model.THREADS)[0].trial.cell.concurrency
    return judged(below(ratio, HARDLY_MORE), f"{slots} threads do {times(ratio)} the work of one thread.")


def parallel(trials: PresetTrials) -> Judged:
    """Judge several processes against one process, pure Python."""
    trials.several_cores()
    ratio = over(trials.each(throughput, Model.PREFORK), trials.each(throughput, Model.PREFORK, 1))
    slots = trials.of(Model.PREFORK)[0].trial.cell.concurrency
    return judged(above(ratio, HALF_MORE), f"{slots} processes do {times(ratio)} the work of one process.")


def underuses(trials: PresetTrials) -> Judged:
    """Judge processes against sequential, and report the cores that sequential kept busy."""
    trials.several_cores()
    alone = trials.each(throughput, Model.SEQUENTIAL)
    cores = intervals.median(list(trials.each(_cores, Model.SEQUENTIAL).values()))
    ratio = over(trials.each(throughput, Model.PREFORK), alone)
    slots = trials.of(Model.PREFORK)[0].trial.cell.concurrency
    found = (
        f"One task after another keeps {cores.estimate:.2f} cores busy; {slots} processes do {times(ratio)} as much."
    )
    return judged(above(ratio, HARDLY_MORE), found)


def predictable(trials: PresetTrials) -> Judged:
    """Judge the distance of slow tasks from the median, threads over sequential."""
    alone, beside = trials.each(_spread, Model.SEQUENTIAL), trials.each(_spread, Model.THREADS)
    ratio = over(beside, alone)
    usual, shared = intervals.median(list(alone.values())), intervals.median(list(beside.values()))
    return judged(
        above(ratio, 1.0),
        f"The slowest 5 % of tasks take at least {usual.estimate:.2f} times the median when they run one after "
        f"another, and {shared.estimate:.2f} times in threads: {times(ratio)} as far from it.",
    )


def _cores(figures: Figures) -> float:
    return figures.cores.worker


def _spread(figures: Figures) -> float:
    return figures.latency.p95 / figures.latency.p50
