"""Rules about tasks that wait."""

from __future__ import annotations

from services.analysis.claims.preset_trials import (
    PresetTrials,
    above,
    below,
    judged,
    over,
    throughput,
    times,
    together,
)
from services.core.claims import Judged
from services.core.figures import Figures
from services.core.models import Model

#: Least throughput over that of another model that counts as equally fast.
AS_FAST = 0.95
#: Least gain where tasks mostly wait, and largest gain where they hardly wait.
MUCH, LITTLE = 3.0, 1.5
#: CPU shares of tasks that mostly wait and of tasks that hardly wait, in the preset.
WAITS, COMPUTES = 0.05, 0.95


def best_for_io(trials: PresetTrials) -> Judged:
    """Judge threads against sequential, against the other concurrent models, and against the memory of prefork."""
    threads = trials.each(throughput, Model.THREADS)
    alone = over(threads, trials.each(throughput, Model.SEQUENTIAL))
    against = {model: over(threads, trials.each(throughput, model)) for model in (Model.GEVENT, Model.PREFORK)}
    memory = over(trials.each(_memory, Model.PREFORK), trials.each(_memory, Model.THREADS))
    slots = trials.of(Model.THREADS)[0].trial.cell.concurrency
    rivals = " and ".join(f"{times(ratio)} as much as {model}" for model, ratio in against.items())
    return judged(
        together(above(alone, MUCH), above(memory, 1.0), *(above(one, AS_FAST) for one in against.values())),
        f"{slots} threads do {times(alone)} as much as one task after another, {rivals}; "
        f"prefork takes {times(memory)} their memory.",
    )


def many_or_few(trials: PresetTrials) -> Judged:
    """Judge the gain from concurrent waiting for tasks that mostly wait and for tasks that hardly wait."""
    found, standings = [], []
    for share, words in ((WAITS, "mostly wait"), (COMPUTES, "hardly wait")):
        alone = trials.each(throughput, Model.SEQUENTIAL, cpu_share=share)
        for model in (Model.THREADS, Model.GEVENT):
            ratio = over(trials.each(throughput, model, cpu_share=share), alone)
            standings.append(above(ratio, MUCH) if share == WAITS else below(ratio, LITTLE))
            found.append(f"{model} {times(ratio)}")
        found[-2:] = [f"for tasks that {words}, {' and '.join(found[-2:])}"]
    return judged(together(*standings), f"Over one task after another: {'; '.join(found)}.")


def _memory(figures: Figures) -> float:
    return float(figures.pss.peak)
