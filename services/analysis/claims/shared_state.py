"""Rules for what slots share: memory, its races, and its end."""

from __future__ import annotations

from services.analysis.claims.preset_trials import Missing, PresetTrials, judged
from services.core.claims import Judged, Standing
from services.core.figures import Figures, Told
from services.core.models import Model
from services.core.quantities import percent
from services.core.trial import TrialResult

#: Marks that every task sees over marks that were left; what separate memories of two slots can see at the most.
ALL, NOT_ALL = 0.99, 0.9


def memory_of_threads(trials: PresetTrials) -> Judged:
    """Whether a task in a thread sees the marks of all others."""
    seen = trials.each(_seen, Model.THREADS)
    standing = Standing.HOLDS if min(seen.values()) >= ALL else Standing.FAILS
    return judged(standing, f"A task in a thread sees {percent(min(seen.values()))} of the marks that all tasks left.")


def memory_of_processes(trials: PresetTrials) -> Judged:
    """Whether a task in a process sees only the marks of its own process."""
    seen = trials.each(_seen, Model.PREFORK)
    slots = trials.of(Model.PREFORK)[0].trial.cell.concurrency
    standing = Standing.HOLDS if max(seen.values()) <= NOT_ALL else Standing.FAILS
    found = f"With {slots} processes no task sees more than {percent(max(seen.values()))} of the marks that all left."
    return judged(standing, found)


def races(trials: PresetTrials) -> Judged:
    """Updates lost by threads without a lock, with one, and one task after another; losing none proves nothing."""
    without = trials.each(_told, Model.THREADS, lock="no").values()
    locked = max(trials.each(_told, Model.THREADS, lock="yes").values())
    alone = max(trials.each(_told, Model.SEQUENTIAL, lock="no").values())
    raced = Standing.HOLDS if any(without) else Standing.CLOSE
    standing = Standing.FAILS if locked or alone else raced
    return judged(
        standing,
        f"Threads without a lock lost {min(without):,.0f} to {max(without):,.0f} updates a trial, with one "
        f"{locked:,.0f}, and one task after another {alone:,.0f}.",
    )


def isolation(trials: PresetTrials) -> Judged:
    """What became of the other tasks when one killed its process: those that had begun, and those that waited."""
    threads, processes = ([one for one in trials.of(model) if one.died] for model in (Model.THREADS, Model.PREFORK))
    if not threads or not processes:
        raise Missing("no trial of both models came as far as the death of a slot")
    slots = processes[0].trial.cell.concurrency
    went_on = all(one.lost == one.died <= slots for one in processes)
    stopped = all(one.lost > one.died for one in threads)
    worst, best = max(processes, key=_waited), min(threads, key=_waited)
    return judged(
        Standing.HOLDS if went_on and stopped else Standing.FAILS,
        f"A task killed its process. With prefork {worst.died} died with it, and {_rest(worst)}; with threads "
        f"{best.died} died, and {_rest(best)}.",
    )


def _waited(one: TrialResult) -> int:
    return one.lost - one.died


def _rest(one: TrialResult) -> str:
    waited = _waited(one)
    return f"{waited} more were left without a worker" if waited else "all others ended well"


def _seen(figures: Figures) -> float:
    told = _known(figures)
    return (told.most - told.least + 1) / figures.tasks


def _told(figures: Figures) -> float:
    return float(_known(figures).most)


def _known(figures: Figures) -> Told:
    if figures.told is None:
        raise Missing("the numbers that the tasks returned were not kept")
    return figures.told
