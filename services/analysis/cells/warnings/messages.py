"""Warnings about messages: lost, duplicated, delayed or contradictory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from services.analysis.cells.warnings.rule import CellTrials, Found, Rule
from services.core.quantities import counted
from services.core.summary import Warn
from services.core.trial import OtherEndings
from services.core.units import Seconds

#: Longest time without a task in any slot, with a full queue, that causes no warning; and the same in median bodies.
MOST_IDLE: Final[Seconds] = 0.25
MOST_IDLE_BODIES: Final = 5
#: Largest distance from 1 that counts as rounding.
MOST_OFF: Final = 0.05
#: Largest lag of the publisher that causes no warning: in seconds, and as a share of the time between two tasks. A
#: lag below LEAST_LAG is normal on any host.
MOST_LAG: Final[Seconds] = 0.010
MOST_LAG_OF_GAP: Final = 0.10
LEAST_LAG: Final[Seconds] = 0.001
#: Longest answer of the broker to a ping that causes no warning: a busy host delays one by some 10 ms.
MOST_BROKER_WAIT: Final[Seconds] = 0.25
ENDINGS: Final = tuple(field.name for field in fields(OtherEndings))


def duplicate_tasks(about: CellTrials) -> Found:
    duplicates = sum(result.duplicates for result in about.results)
    return {"tasks": counted(duplicates, "task")} if duplicates else None


def lost_tasks(about: CellTrials) -> Found:
    lost = sum(result.lost for result in about.results)
    return {"tasks": counted(lost, "task")} if lost else None


def prefetch_stall(about: CellTrials) -> Found:
    """Find the longest time without a task in any slot. Not judged at a planned rate: there slots may be idle."""
    worst: Found = None
    longest = MOST_IDLE
    for result in about.results:
        figures, facts = result.figures, result.facts
        if about.cell.rate is not None or figures is None or facts is None or facts.prefetch_multiplier == 0:
            continue
        if figures.idle_gap > max(longest, MOST_IDLE_BODIES * figures.latency.p50):
            longest = figures.idle_gap
            worst = {"pool": facts.pool, "gap": longest, "multiplier": facts.prefetch_multiplier}
    return worst


def littles_law(about: CellTrials) -> Found:
    """Find stamps that contradict Little's law, or more tasks in slots than there are slots."""
    slots = about.slots
    for figures in about.figures:
        if abs(figures.littles_law - 1) > MOST_OFF:
            return {"broken": f"by Little's law a ratio of {figures.littles_law:.2f} instead of 1"}
        if figures.in_slots > slots * (1 + MOST_OFF):
            return {"broken": f"{figures.in_slots:.2f} tasks in {counted(slots, 'slot')}"}
    return None


def reconnected(about: CellTrials) -> Found:
    times = sum(figures.reconnects for figures in about.figures)
    return {"times": counted(times, "time")} if times else None


def broker_stalled(about: CellTrials) -> Found:
    longest = max((figures.broker_wait or 0.0 for figures in about.figures), default=0.0)
    return {"wait": longest} if longest > MOST_BROKER_WAIT else None


def publisher_late(about: CellTrials) -> Found:
    cell = about.cell
    lag = max((figures.publisher_lag for figures in about.figures), default=0.0)
    if cell.rate is None:
        return None
    gap = cell.replicas / cell.rate
    if lag <= min(MOST_LAG, max(LEAST_LAG, MOST_LAG_OF_GAP * gap)):
        return None
    return {"lag": lag * 1000, "gap": gap * 1000}


def other_endings(about: CellTrials) -> Found:
    finished = [result for result in about.results if result.figures is not None]
    tasks = sum(result.figures.tasks for result in finished if result.figures is not None)
    kinds = {kind: sum(getattr(result.endings, kind) for result in finished) for kind in ENDINGS}
    found = ", ".join(f"{number} {kind}" for kind, number in kinds.items() if number)
    return {"kinds": found, "tasks": tasks} if found else None


RULES: Final[Mapping[Warn, Rule]] = {
    Warn.DUPLICATE_TASKS: Rule(
        find=duplicate_tasks,
        text="{tasks} reached a slot more than once; only the first time counts.",
        remedy="A task that outlasts the visibility timeout, or whose worker dies, is sent again: make it idempotent.",
        doubt="{tasks} reached a slot more than once",
    ),
    Warn.PREFETCH_STALL: Rule(
        find=prefetch_stall,
        text="No slot had a task for {gap:.2f} s, with a full queue ({pool}, prefetch multiplier {multiplier}).",
        remedy="A gevent worker on Redis stalls for up to 2 s when its prefetch window is full. Use prefetch 0.",
    ),
    Warn.LOST_TASKS: Rule(
        find=lost_tasks,
        text="{tasks} never came back.",
        remedy="A worker that dies loses its tasks, or they return after the visibility timeout. Find out why it died.",
        doubt="{tasks} never came back",
    ),
    Warn.LITTLES_LAW: Rule(
        find=littles_law,
        text="Consistency check failed: {broken}.",
        remedy="Do not use this cell. Run it again, and report the fault if it persists.",
        doubt="stamps contradict each other: {broken}",
    ),
    Warn.RECONNECTED: Rule(
        find=reconnected,
        text="The worker lost its connection to the broker {times}.",
        remedy="The figures include the time to reconnect. Check the broker's log and the network.",
        doubt="the worker lost its connection to the broker {times}",
    ),
    Warn.BROKER_STALLED: Rule(
        find=broker_stalled,
        text="The broker took {wait:.2f} s to answer a ping during a window.",
        remedy="Tasks waited for the broker meanwhile. Look at its log, disk and memory, and run the experiment again.",
        doubt="the broker took {wait:.2f} s to answer",
    ),
    Warn.PUBLISHER_LATE: Rule(
        find=publisher_late,
        text="Tasks were sent up to {lag:.1f} ms late, where one was due every {gap:.1f} ms.",
        remedy="Latency counts from the planned time, delay included. Leave the publisher a core, or lower the rate.",
        doubt="tasks were sent up to {lag:.0f} ms late",
    ),
    Warn.OTHER_ENDINGS: Rule(
        find=other_endings,
        text="Of {tasks} tasks, {kinds}: their figures are those of tasks that end so.",
        remedy="Give the task arguments with which it succeeds, unless this is what it usually does.",
    ),
}
