"""Rules about tasks that wait: for what they do, for each other, for messages or for memory."""

from __future__ import annotations

from typing import Final

from services.analysis.answer.ceilings import FULL
from services.analysis.answer.limit_rule import BUSY, OFF_CORE, Found, VariantReadings, evidence
from services.analysis.answer.readings import CellReading
from services.core.advice import Limit
from services.core.models import Model, Slot
from services.core.quantities import counted, percent, size
from services.core.summary import Warn

#: From this many times the time in one slot on, tasks wait for each other; up to the other, they do not.
SLOWED: Final = 1.5
AS_ALONE: Final = 1.3
#: Largest share of the cores that its processes could use for which a worker waits for something else.
IDLE: Final = 0.6
#: Largest share of the time in the slot that waits for a core if it is not the core that is short.
CORE_WAIT: Final = 0.1
_USE_THREADS: Final = "Use threads, or a library that cooperates with gevent."
_CHEAP_SLOTS: Final = ": with threads or gevent they cost little memory"
#: Least share of the node's memory limit for which memory is short.
MEMORY: Final = 0.8


def prefetch(one: CellReading, about: VariantReadings) -> Found | None:  # noqa: ARG001 - the contract of a rule
    """Find a worker whose prefetch window stopped it, by the warning about it."""
    warned = next((each for each in one.cell.warnings if each.name is Warn.PREFETCH_STALL), None)
    if warned is None:
        return None
    text = f"{one.label}: {warned.text}"
    return Found(limit=Limit.PREFETCH, text=text, remedy=warned.remedy, evidence=evidence(one, slots_busy=one.busy))


def memory(one: CellReading, about: VariantReadings) -> Found | None:
    """Find a worker that needs most of its nodes' memory."""
    if one.cell.memory is None or not about.memory_limit:
        return None
    peak = one.cell.memory.pss.peak.estimate
    share = peak / (about.memory_limit * one.cell.replicas)
    if share < MEMORY:
        return None
    text = f"{one.label} needs {size(round(peak))}, {percent(share)} of the memory of its node"
    return Found(
        limit=Limit.MEMORY,
        text=f"{text}: more slots do not fit.",
        remedy="Use fewer slots, a model with less memory per slot, or tasks that hold less.",
        evidence=evidence(one, memory_used=share),
    )


def own_waiting(one: CellReading, about: VariantReadings) -> Found | None:
    """Find slots that are all taken by tasks that wait, as long as they wait alone."""
    slowdown, waits = about.slowdown(one), _waiting_alone(one, about)
    if one.busy < BUSY or waits is None or waits < OFF_CORE or (slowdown is not None and slowdown > AS_ALONE):
        return None
    # A task may wait for processes that it started itself.
    held_up = any(_is_serialised(each, about) for each in about.cells)
    if one.cores >= FULL * one.usable or (one.slots == 1 and held_up):
        return None
    text = f"Every task of {one.label} holds its slot and waits off the core for {percent(waits)} of that time"
    return Found(
        limit=Limit.WAITING,
        text=f"{text} ({percent(min(one.busy, 1.0))} of {counted(one.slots, 'slot')} in use).",
        remedy=f"More slots bring more tasks per second{'' if held_up else _CHEAP_SLOTS}.",
        evidence=evidence(one, slots_busy=one.busy, off_core=waits, cores_used=one.cores),
    )


def serialised(one: CellReading, about: VariantReadings) -> Found | None:
    """Find slots whose tasks wait for each other without using the cores; the other models show for what."""
    slowdown = about.slowdown(one)
    if not _is_serialised(one, about) or slowdown is None:
        return None
    limit, reason, remedy = _shared_by(one, about)
    text = f"A task of {one.label} takes {slowdown:.1f} times as long as in one slot, with {one.cores:.2f} cores used"
    gain = about.over_one_slot(one)
    found = {} if gain is None else {"over_one_slot": gain}
    return Found(
        limit=limit,
        text=f"{text}: {reason}.",
        remedy=remedy,
        evidence=evidence(one, slowdown=slowdown, cores_used=one.cores, **found),
    )


def blocked_loop(one: CellReading, about: VariantReadings) -> Found | None:
    """Find greenlets of which one runs at a time although tasks wait: the wait blocks the thread that they share."""
    gain, at_once = about.over_one_slot(one), one.busy * one.slots / one.cell.replicas
    if one.model.traits.slot is not Slot.GREENLET or one.slots == one.cell.replicas or not about.waits:
        return None
    if one.cores > IDLE * one.cell.replicas or at_once > AS_ALONE or gain is None or gain > AS_ALONE:
        return None
    text = f"{one.label} runs {at_once:.1f} tasks at a time, with a full queue and {one.cores:.2f} cores used"
    return Found(
        limit=Limit.BLOCKED_LOOP,
        text=f"{text}: a task that waits blocks the thread of all greenlets (C code, unpatched calls).",
        remedy=_USE_THREADS,
        evidence=evidence(one, slots_busy=one.busy, cores_used=one.cores, over_one_slot=gain),
    )


def empty_slots(one: CellReading, about: VariantReadings) -> Found | None:  # noqa: ARG001 - the contract of a rule
    """Find slots that stand empty although the queue is full: messages do not arrive fast enough."""
    if one.busy >= BUSY:
        return None
    return Found(
        limit=Limit.CARRYING,
        text=f"Only {percent(one.busy)} of the slots of {one.label} had a task, with a full queue: carrying takes "
        "longer than the tasks.",
        remedy="Put more work into each task (chunks), ignore results that are not needed, or start more workers.",
        evidence=evidence(one, slots_busy=one.busy, cores_used=one.cores),
    )


def _waiting_alone(one: CellReading, about: VariantReadings) -> float | None:
    """Return the share of the time in the slot off the core; for gevent that of one slot of another model."""
    if one.off_core is not None:
        return one.off_core
    alone = about.alone
    return None if alone is None else alone.off_core


def _is_serialised(one: CellReading, about: VariantReadings) -> bool:
    """Return whether a task that waits in one slot waits much longer in several, and not for a core."""
    slowdown = about.slowdown(one)
    idle = one.cores <= IDLE * min(one.processes, one.usable) and one.waited_for_core <= CORE_WAIT * one.held
    longer = slowdown is not None and slowdown >= SLOWED and about.waits
    return one.slots > 1 and one.busy >= BUSY and longer and idle


def _shared_by(one: CellReading, about: VariantReadings) -> tuple[Limit, str, str]:
    """Return what the slots of a serialised cell share, a reason, and a remedy."""
    several = [each for each in about.cells if each.slots > 1]
    processes = [each for each in several if each.model.traits.starts_processes]
    threads = [each for each in several if each.model.traits.slot is Slot.THREAD]
    if any(_is_serialised(each, about) for each in processes):
        reason = "tasks in processes do so too, so they wait for something outside (a lock, a database, a service)"
        return Limit.SHARED, reason, "Find what all tasks wait for; no model helps before that is gone."
    if one.model is Model.GEVENT and threads and not any(_is_serialised(each, about) for each in threads):
        reason = "tasks in threads do not, so the wait is where gevent cannot switch (C code, unpatched calls)"
        return Limit.BLOCKED_LOOP, reason, _USE_THREADS
    if processes:
        reason = "tasks in processes do not, so the wait is inside the process (for a lock, a pool of connections)"
        return Limit.LOCK, reason, "Hold the lock for less time, or use processes: each has its own."
    reason = "measure prefork as well to learn whether it is inside the process"
    return Limit.UNKNOWN, reason, "Add prefork to --models."
