"""Rules about state that slots share: memory, race conditions, and the death of a process."""

from __future__ import annotations

from services.analysis.claims.preset_trials import Missing, PresetTrials, judged
from services.core.claims import Judged, Standing
from services.core.figures import Figures, ReturnedNumbers
from services.core.models import Model
from services.core.quantities import counted, percent
from services.core.trial import TrialResult

#: Least share of marks seen in shared memory, and largest share seen in separate memories of two slots.
ALL, NOT_ALL = 0.99, 0.9


def memory_of_threads(trials: PresetTrials) -> Judged:
    """Judge whether a task in a thread sees the marks of all others."""
    seen = trials.each(_seen, Model.THREADS)
    standing = Standing.HOLDS if min(seen.values()) >= ALL else Standing.FAILS
    return judged(standing, f"A task in a thread sees {percent(min(seen.values()))} of the marks that all tasks left.")


def memory_of_processes(trials: PresetTrials) -> Judged:
    """Judge whether a task in a process sees only the marks of its own process."""
    seen = trials.each(_seen, Model.PREFORK)
    slots = trials.of(Model.PREFORK)[0].trial.cell.concurrency
    standing = Standing.HOLDS if max(seen.values()) <= NOT_ALL else Standing.FAILS
    found = f"With {slots} processes no task sees more than {percent(max(seen.values()))} of the marks that all left."
    return judged(standing, found)


def races(trials: PresetTrials) -> Judged:
    """Judge the updates lost by threads without and with a lock, and sequentially; no loss proves nothing."""
    without = trials.each(_lost_updates, Model.THREADS, lock="no").values()
    locked = max(trials.each(_lost_updates, Model.THREADS, lock="yes").values())
    alone = max(trials.each(_lost_updates, Model.SEQUENTIAL, lock="no").values())
    raced = Standing.HOLDS if any(without) else Standing.CLOSE
    standing = Standing.FAILS if locked or alone else raced
    return judged(
        standing,
        f"Updates lost per trial: {min(without):,.0f} to {max(without):,.0f} by threads without a lock, "
        f"{locked:,.0f} with a lock, {alone:,.0f} by one task after another.",
    )


def isolation(trials: PresetTrials) -> Judged:
    """Judge what happened to running and waiting tasks when one task killed its process."""
    threads, processes = (
        [one for one in trials.of(model) if one.died_with_slot] for model in (Model.THREADS, Model.PREFORK)
    )
    if not threads or not processes:
        raise Missing("trials of both models are needed in which a slot died")
    slots = processes[0].trial.cell.concurrency
    went_on = all(one.lost == one.died_with_slot <= slots for one in processes)
    stopped = all(one.lost > one.died_with_slot for one in threads)
    worst, best = max(processes, key=_waited), min(threads, key=_waited)
    return judged(
        Standing.HOLDS if went_on and stopped else Standing.FAILS,
        "A task killed its process. "
        f"With prefork {counted(worst.died_with_slot, 'running task')} died and {_rest(worst)}; "
        f"with threads {counted(best.died_with_slot, 'running task')} died and {_rest(best)}.",
    )


def _waited(one: TrialResult) -> int:
    return one.lost - one.died_with_slot


def _rest(one: TrialResult) -> str:
    waited = _waited(one)
    return f"{waited} waiting tasks had no worker left" if waited else "all others ended well"


def _seen(figures: Figures) -> float:
    returned = _returned(figures)
    return (returned.most - returned.least + 1) / figures.tasks


def _lost_updates(figures: Figures) -> float:
    return float(_returned(figures).most)


def _returned(figures: Figures) -> ReturnedNumbers:
    if figures.returned is None:
        raise Missing("the numbers that the tasks returned were not stored")
    return figures.returned
