"""Rules for what slots share: memory, its races, and its end."""

from __future__ import annotations

from services.analysis.claims.evidence import Evidence, judged
from services.core.claims import Judged, Standing
from services.core.experiment import Model
from services.core.trial import Figures, TrialResult

#: Marks that every task sees over marks that were left; what separate memories of two slots can see at the most.
ALL, NOT_ALL = 0.99, 0.9


def memory_of_threads(evidence: Evidence) -> Judged:
    """Whether a task in a thread sees the marks of all others."""
    seen = evidence.each(_seen, Model.THREADS)
    standing = Standing.HOLDS if min(seen.values()) >= ALL else Standing.FAILS
    return judged(standing, f"A task in a thread sees {_percent(min(seen.values()))} of the marks that all tasks left.")


def memory_of_processes(evidence: Evidence) -> Judged:
    """Whether a task in a process sees only the marks of its own process."""
    seen = evidence.each(_seen, Model.PREFORK)
    slots = evidence.of(Model.PREFORK)[0].trial.cell.concurrency
    standing = Standing.HOLDS if max(seen.values()) <= NOT_ALL else Standing.FAILS
    found = f"With {slots} processes no task sees more than {_percent(max(seen.values()))} of the marks that all left."
    return judged(standing, found)


def races(evidence: Evidence) -> Judged:
    """Updates lost by threads without a lock, with one, and one task after another."""
    without = [int(one) for one in evidence.each(_told, Model.THREADS, lock="no").values()]
    locked = [int(one) for one in evidence.each(_told, Model.THREADS, lock="yes").values()]
    alone = [int(one) for one in evidence.each(_told, Model.SEQUENTIAL, lock="no").values()]
    if max(locked) or max(alone):
        standing = Standing.FAILS
    elif all(without):
        standing = Standing.HOLDS
    else:
        standing = Standing.CLOSE if any(without) else Standing.FAILS
    return judged(
        standing,
        f"Threads without a lock lost {min(without):,} to {max(without):,} updates a trial, with one {max(locked):,}, "
        f"and one task after another {max(alone):,}.",
    )


def isolation(evidence: Evidence) -> Judged:
    """Tasks lost when one of them kills its process."""
    threads, processes = (
        [one for one in evidence.of(model) if one.published > one.lost > 0] for model in (Model.THREADS, Model.PREFORK)
    )
    if not threads or not processes:
        return judged(Standing.OPEN, "No trial of both models came as far as the death of a slot.")
    slots = processes[0].trial.cell.concurrency
    worst = max(processes, key=lambda one: one.lost)
    least = min(threads, key=lambda one: one.lost)
    standing = Standing.HOLDS if worst.lost <= slots < least.lost else Standing.FAILS
    return judged(
        standing,
        f"A task that killed its process took {_lost(worst)} with prefork, {_lost(least)} at the least with threads.",
    )


def _lost(one: TrialResult) -> str:
    return f"{one.lost} of {one.published} tasks"


def _seen(figures: Figures) -> float:
    return (figures.told.most - figures.told.least + 1) / figures.tasks


def _told(figures: Figures) -> float:
    return float(figures.told.most)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
