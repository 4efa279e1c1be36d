"""Single tasks of a trial as they lay in time: what a mean cannot show."""

from __future__ import annotations

from dataclasses import dataclass

from services.core.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One task in its slot. Times are seconds after the first start on the same host, on its clock."""

    node: str
    #: 0-based, of all slots of the node in the order in which they began; greenlets of one thread each have their own.
    slot: int
    pid: int
    #: Native id.
    thread: int
    started: Seconds
    finished: Seconds
    #: CPU time in the body. None: not separable, because slots share a thread (gevent).
    cpu: Seconds | None

    @property
    def busy(self) -> float | None:
        """CPU time over time on the clock, at most 1: below it the task waited, for I/O, the GIL or a core."""
        if self.cpu is None:
            return None
        lasted = self.finished - self.started
        return min(1.0, self.cpu / lasted) if lasted > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The first tasks of a trial's saturate phase: node by node, of each in the order in which they began."""

    bars: tuple[Bar, ...]
    #: Tasks of the whole phase.
    tasks: int
