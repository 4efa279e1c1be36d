"""Made-up single tasks of a trial."""

from __future__ import annotations

from services.core.timeline import Bar, Timeline


def bar(slot: int, started: float, *, busy: float = 1.0, pid: int = 40, thread: int = 0, node: str = "desk") -> Bar:
    """A task of 10 ms; a thread a slot unless told otherwise."""
    return Bar(
        node=node,
        slot=slot,
        pid=pid,
        thread=thread or 50 + slot,
        started=started,
        finished=started + 0.01,
        cpu=0.01 * busy,
    )


def sharing_a_gil() -> Timeline:
    """Two threads of one process, each on a CPU for half of its time."""
    bars = [bar(slot, place * 0.011 + slot * 0.001, busy=0.5) for place in range(5) for slot in (0, 1)]
    return Timeline(bars=tuple(bars), tasks=1200)


def in_processes() -> Timeline:
    """Two processes, each busy all the time."""
    bars = [bar(slot, place * 0.011, pid=40 + slot, thread=40 + slot) for place in range(5) for slot in (0, 1)]
    return Timeline(bars=tuple(bars), tasks=1200)
