"""Keeps the lab's processes running: one that dies is started again, and all end together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.core.errors import CannotStart
from services.core.units import Seconds

FIRST_PAUSE: Seconds = 0.5
LONGEST_PAUSE: Seconds = 10.0
#: Time to end in peace.
GRACE: Seconds = 3.0


class Process(Protocol):
    """A child process that can be started again."""

    @property
    def name(self) -> str:
        """Unique among the lab's processes."""

    def start(self) -> None:
        """Start it. Raises CannotStart."""

    def ending(self) -> str | None:
        """Return how it ended, like `exited with 1`; None while it runs."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it and its group now."""

    def last_words(self) -> str:
        """Return the end of its log."""


@dataclass(slots=True, kw_only=True)
class _Kept:
    process: Process
    #: How long to wait before the next start but one.
    pause: Seconds
    started: Seconds = 0.0
    #: When to start it again; None while it is believed to run.
    due: Seconds | None = None


class Supervisor:
    """Starts processes in waves, each after the one before; ends them in the opposite order.

    All its methods belong on one thread that stays (see `tether`), and none of them waits longer than a start takes.
    """

    def __init__(self, waves: Sequence[Sequence[Process]], *, say: Callable[[str], None]) -> None:
        self._waves = [[_Kept(process=process, pause=FIRST_PAUSE) for process in wave] for wave in waves]
        self._say = say

    def start(self) -> None:
        """Start all that do not run yet. Raises CannotStart; those that were started run on until `stop`."""
        for kept in self._all():
            if kept.process.ending() is not None:
                kept.process.start()
            kept.started = time.monotonic()

    def check(self) -> None:
        """Raise CannotStart, with the end of its log, when one has ended: while the lab starts, that is a fault."""
        for kept in self._all():
            if ending := kept.process.ending():
                raise CannotStart(f"the lab's {kept.process.name} {ending}; its log ends:\n{kept.process.last_words()}")

    def tick(self) -> None:
        """Start again what has died, after a pause that doubles each time it dies young. To be called often."""
        for kept in self._all():
            if kept.due is not None:
                if time.monotonic() >= kept.due:
                    self._again(kept)
            elif ending := kept.process.ending():
                self._plan(kept, ending)

    def stop(self) -> None:
        """End all: in peace within GRACE, then by force."""
        for wave in reversed(self._waves):
            for kept in wave:
                kept.process.terminate()
            deadline = time.monotonic() + GRACE
            while any(kept.process.ending() is None for kept in wave) and time.monotonic() < deadline:
                time.sleep(0.02)
            for kept in wave:
                kept.process.kill()

    def _all(self) -> Iterator[_Kept]:
        for wave in self._waves:
            yield from wave

    def _plan(self, kept: _Kept, ending: str) -> None:
        now = time.monotonic()
        if now - kept.started > LONGEST_PAUSE:
            kept.pause = FIRST_PAUSE
        self._say(f"{kept.process.name} {ending}; starting it again in {kept.pause:g} s")
        kept.due = now + kept.pause
        kept.pause = min(2 * kept.pause, LONGEST_PAUSE)

    def _again(self, kept: _Kept) -> None:
        kept.due, kept.started = None, time.monotonic()
        try:
            kept.process.start()
        except CannotStart as error:
            self._plan(kept, f"cannot start ({str(error).splitlines()[0]})")
