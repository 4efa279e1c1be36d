"""Rules about tasks that compute: which processor time is short, and what uses it."""

from __future__ import annotations

from typing import Final

from services.analysis.answer.ceilings import FULL, MOSTLY_BODY
from services.analysis.answer.limit_rule import BUSY, Found, VariantReadings, evidence
from services.analysis.answer.readings import CellReading
from services.core.advice import Limit
from services.core.models import Model, Slot
from services.core.quantities import counted, percent

#: Least share of the usable cores that other programs take away noticeably; as in the warning `host busy`.
OTHERS: Final = 0.15
#: Least share of scheduling periods in which a quota that matters stops the worker.
STOPPED: Final = 0.1
#: Least number of cores that one sequential slot uses if its task computes in several threads or processes.
PARALLEL: Final = 1.2


def quota(one: CellReading, about: VariantReadings) -> Found | None:  # noqa: ARG001 - the contract of a rule
    """Find a CPU quota that stops the worker."""
    if one.cpu.throttled < STOPPED:
        return None
    text = f"{one.label} was stopped by the CPU quota in {percent(one.cpu.throttled)} of its scheduling periods"
    return Found(
        limit=Limit.QUOTA,
        text=f"{text}: {one.cores:.2f} of {one.usable:g} cores used.",
        remedy="Raise the quota, or use no more slots than it is worth.",
        evidence=evidence(one, periods_stopped=one.cpu.throttled, cores_used=one.cores, cores_usable=one.usable),
    )


def neighbour(one: CellReading, about: VariantReadings) -> Found | None:
    """Find other programs that take the cores that the worker is ready to use; slots full of waiting tasks are not."""
    if one.others < OTHERS * one.usable or one.cores + one.others < FULL * one.usable:
        return None
    if one.busy >= BUSY and about.waits:
        return None
    text = f"Other programs used {one.others:.2f} of {one.usable:g} cores while {one.label} used {one.cores:.2f}"
    return Found(
        limit=Limit.NEIGHBOUR,
        text=f"{text}: no core was left.",
        remedy="Close other programs and measure again, or decide for a machine that is shared like this.",
        evidence=evidence(
            one,
            cores_of_others=one.others,
            cores_used=one.cores,
            cores_usable=one.usable,
            cores_waited_for=one.cores_waited_for,
        ),
    )


def threads_inside(one: CellReading, about: VariantReadings) -> Found | None:
    """Find a task that uses several cores by itself: one sequential slot uses more than one."""
    alone = about.alone
    if alone is None or alone.model is not Model.SEQUENTIAL or alone.cores < PARALLEL * alone.cell.replicas:
        return None
    if one.cores < FULL * one.usable and one.slots > 1:
        return None
    return Found(
        limit=Limit.THREADS_INSIDE,
        text=f"The task is parallel inside: {alone.label} used {alone.cores:.2f} cores with a single slot.",
        remedy="Set the threads of its library to 1 (OMP_NUM_THREADS, OPENBLAS_NUM_THREADS) and let slots share the "
        "cores, or keep its threads and use one slot.",
        evidence=(*evidence(alone, cores_used=alone.cores), *evidence(one, cores_used=one.cores)),
    )


def carrying(one: CellReading, about: VariantReadings) -> Found | None:
    """Find tasks whose body costs less CPU time than carrying them, where CPU time is short."""
    share = about.body_cpu
    if share is None or share >= MOSTLY_BODY or _spare(one):
        return None
    text = f"Only {percent(share)} of the CPU time per task is spent in the task's body, the rest in carrying it"
    return Found(
        limit=Limit.CARRYING,
        text=f"{text} ({one.label} used {one.cores:.2f} cores).",
        remedy="Put more work into each task (chunks), ignore results that are not needed, or start more workers.",
        evidence=evidence(one, body_cpu=share, cores_used=one.cores, cores_usable=one.usable),
    )


def one_thread(one: CellReading, about: VariantReadings) -> Found | None:  # noqa: ARG001 - the contract of a rule
    """Find greenlets that share one busy thread."""
    if one.model.traits.slot is not Slot.GREENLET or one.cores < FULL * one.cell.replicas:
        return None
    return Found(
        limit=Limit.ONE_THREAD,
        text=f"All greenlets of {one.label} share one thread, which is busy ({one.cores:.2f} cores).",
        remedy="gevent does not speed up computing: use processes, or one gevent worker per core.",
        evidence=evidence(one, cores_used=one.cores, cores_usable=one.usable),
    )


def gil(one: CellReading, about: VariantReadings) -> Found | None:
    """Find threads that take turns: one core is used, however many there are."""
    gain = about.over_one_slot(one)
    if one.model.traits.slot is not Slot.THREAD or one.slots == 1 or not about.holds_gil(one):
        return None
    if one.cores < FULL * one.cell.replicas:
        return None
    than = "" if gain is None else f" and does {gain:.2f} times the work of one slot"
    found = {} if gain is None else {"over_one_slot": gain}
    return Found(
        limit=Limit.GIL,
        text=f"{one.label} uses {one.cores:.2f} of {one.usable:g} cores{than}: one thread at a time holds the GIL.",
        remedy="Use processes (prefork), a free-threaded Python, or code that releases the GIL.",
        evidence=evidence(one, cores_used=one.cores, cores_usable=one.usable, **found),
    )


def cores(one: CellReading, about: VariantReadings) -> Found | None:  # noqa: ARG001 - the contract of a rule
    """Find a worker that keeps all usable cores busy, or all that small other programs leave."""
    if one.cores + one.others < FULL * one.usable or one.others >= OTHERS * one.usable:
        return None
    usable = "the only usable core" if one.usable == 1 else f"of {one.usable:g} cores"
    text = f"{one.label} keeps {one.cores:.2f} {usable} busy with {counted(one.slots, 'slot')}"
    return Found(
        limit=Limit.CORES,
        text=f"{text}: there is no more processor time.",
        remedy="More slots do not help here. More cores do, or less work per task.",
        evidence=evidence(one, cores_used=one.cores, cores_usable=one.usable),
    )


def _spare(one: CellReading) -> bool:
    """Return whether the worker could use more processor time than it does: neither its process nor the cores are full.

    With processes as slots the main process carries for all; it is full before the slots are.
    """
    if one.model.traits.starts_processes:
        return one.busy >= FULL and one.cores < FULL * one.usable
    return one.cores < FULL * min(one.cell.replicas, one.usable) and one.busy >= FULL
