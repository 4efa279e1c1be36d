"""Decides when a measured worker has stopped, and when a trial has taken too long."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import psutil

from services.core.errors import TrialFailed
from services.core.units import Seconds

#: A worker from which no task came back and that used no CPU for so long has stopped. The longest body that only
#: waits (`wait milliseconds=10000`) is well below.
SILENCE: Seconds = 40.0
#: Longest a node works on one order of the conductor, whose own patience is a little longer.
LONGEST: Seconds = 840.0
#: Between two readings of CPU time, which cost; and the share of one core below which a worker is idle: its event
#: loop alone uses less.
LOOK: Seconds = 2.0
IDLE = 0.02

#: Shortest of the limits between two tasks of a user's: before the first, the application is imported for up to 60 s.
SHORTEST_LIMIT: Seconds = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StallLimits:
    """The times by which a worker is taken for stopped."""

    silence: Seconds = SILENCE
    look: Seconds = LOOK
    #: Longest time without a task that came back, whatever CPU is used; None: no such limit.
    between_tasks: Seconds | None = None

    def of_own(self, call: Seconds, slots: int) -> StallLimits:
        """Return the limits for a user's task of which one call took `call`: it may only wait, or never end.

        Calls in all slots share the cores, so they may take so many times as long; and ten times that by chance.
        """
        longest = max(SHORTEST_LIMIT, 10 * call * slots)
        return StallLimits(silence=max(self.silence, longest), look=self.look, between_tasks=longest)


USUAL: Final = StallLimits()


class StallWatch:
    """A watch over one wait for tasks. Raises TrialFailed when they will not end."""

    def __init__(
        self,
        cpu: Callable[[], Seconds],
        deadline: Seconds,
        clock: Callable[[], Seconds] = time.monotonic,
        *,
        limits: StallLimits = USUAL,
    ) -> None:
        """`cpu` returns the CPU time used by the worker so far; `deadline` is on the clock."""
        self._cpu = cpu
        self._deadline = deadline
        self._clock = clock
        self._limits = limits
        self._back = -1
        self._alive = self._progressed = self._looked = clock()
        self._used: Seconds | None = None

    def check(self, back: int, wanted: int) -> None:
        """Note that `back` of `wanted` tasks have ended. Raises TrialFailed when waiting on is pointless."""
        now = self._clock()
        if back > self._back:
            self._back, self._alive, self._progressed = back, now, now
        if now - self._looked > self._limits.look:
            self._look(now)
        if now - self._alive > (silence := self._limits.silence):
            raise TrialFailed(f"no task came back from the measured worker, and it used no CPU, for {silence:.0f} s")
        most = self._limits.between_tasks
        if most is not None and now - self._progressed > most:
            raise TrialFailed(f"no task came back for {most:.0f} s, many times as long as the one call that was tried")
        if now > self._deadline:
            raise TrialFailed(
                f"the trial took longer than {LONGEST:.0f} s, the limit, though its worker was at work: "
                f"{back} of {wanted} tasks were back; use fewer slots or a smaller workload"
            )

    def _look(self, now: Seconds) -> None:
        used = self._cpu()
        if self._used is not None and used - self._used > IDLE * (now - self._looked):
            self._alive = now
        self._used, self._looked = used, now


def tree_cpu(pid: int) -> Seconds:
    """CPU time of the process `pid`, its children, and those of them that have ended; 0 when it is gone."""
    used = 0.0
    try:
        main = psutil.Process(pid)
        family = [main, *main.children(recursive=True)]
    except psutil.NoSuchProcess:
        return used
    for process in family:
        try:
            used += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return used
