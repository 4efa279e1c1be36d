"""Whether every task went its way once, without a stop, and on time."""

from __future__ import annotations

from typing import Final

from services.analysis.cells.judging.evidence import CellEvidence, Found, counted
from services.core.units import Seconds

#: Longest time without a task in any slot that passes while the queue is full, and the same in bodies at the median.
MOST_IDLE: Final[Seconds] = 0.25
MOST_IDLE_BODIES: Final = 5
#: Farthest from 1 that passes as rounding.
MOST_OFF: Final = 0.05
#: Latest sending that passes, and the same of the time from one task to the next; but a host keeps anyone waiting
#: for so long.
MOST_LAG: Final[Seconds] = 0.010
MOST_LAG_OF_GAP: Final = 0.10
LEAST_LAG: Final[Seconds] = 0.001
#: Longest answer of the broker to a ping that causes no warning: a busy host delays one by some 10 ms.
MOST_BROKER_WAIT: Final[Seconds] = 0.25


def duplicate_tasks(evidence: CellEvidence) -> Found:
    duplicates = sum(result.duplicates for result in evidence.results)
    return {"tasks": counted(duplicates, "task")} if duplicates else None


def lost_tasks(evidence: CellEvidence) -> Found:
    lost = sum(result.lost for result in evidence.results)
    return {"tasks": counted(lost, "task")} if lost else None


def prefetch_stall(evidence: CellEvidence) -> Found:
    """At a planned rate slots are idle by nature."""
    worst: Found = None
    longest = MOST_IDLE
    for result in evidence.results:
        figures, facts = result.figures, result.facts
        if evidence.cell.rate is not None or figures is None or facts is None or facts.prefetch_multiplier == 0:
            continue
        if figures.idle_gap > max(longest, MOST_IDLE_BODIES * figures.latency.p50):
            longest = figures.idle_gap
            worst = {"pool": facts.pool, "gap": longest, "multiplier": facts.prefetch_multiplier}
    return worst


def littles_law(evidence: CellEvidence) -> Found:
    """Checked against what is known beforehand, too: no more tasks are held than there are slots."""
    slots = evidence.cell.concurrency * evidence.cell.replicas
    for figures in evidence.figures:
        if abs(figures.little - 1) > MOST_OFF or figures.in_slots > slots * (1 + MOST_OFF):
            return {"ratio": figures.little, "held": figures.in_slots, "slots": counted(slots, "slot")}
    return None


def reconnected(evidence: CellEvidence) -> Found:
    times = sum(figures.reconnects for figures in evidence.figures)
    return {"times": counted(times, "time")} if times else None


def broker_stalled(evidence: CellEvidence) -> Found:
    longest = max((figures.broker_wait or 0.0 for figures in evidence.figures), default=0.0)
    return {"wait": longest} if longest > MOST_BROKER_WAIT else None


def publisher_late(evidence: CellEvidence) -> Found:
    cell = evidence.cell
    lag = max((figures.lag for figures in evidence.figures), default=0.0)
    if cell.rate is None:
        return None
    gap = cell.replicas / cell.rate
    if lag <= min(MOST_LAG, max(LEAST_LAG, MOST_LAG_OF_GAP * gap)):
        return None
    return {"lag": lag * 1000, "gap": gap * 1000}
