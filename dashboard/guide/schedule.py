"""A small model of who works when: tasks through slots on cores, millisecond by millisecond.

It knows four rules and leaves out everything else (starting, carrying tasks, memory), which is what the claims of the
guide measure. A core, or the GIL, is held for a turn and then given to the slot that has waited longest.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Final, TypeAlias

from services.core.models import Model

Milliseconds: TypeAlias = int

#: How long one task takes on its own.
TASK: Final[Milliseconds] = 20
#: How long a slot computes before it lets another go on: CPython's switch interval, `sys.getswitchinterval()`.
TURN: Final[Milliseconds] = 5
#: Time that a waiting task computes, before its wait and again after it.
ASIDE: Final[Milliseconds] = 1


class Work(StrEnum):
    """The kind of work that fills a task's time."""

    COMPUTING = "computing"
    WAITING = "waiting"


class Doing(StrEnum):
    """The state of a slot that has a task."""

    COMPUTING = "computing"
    #: For something outside, which needs no core.
    WAITING = "waiting"
    #: Ready to compute, and it is not its turn.
    STANDING = "standing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The case that a picture shows."""

    model: Model
    work: Work
    tasks: int
    slots: int
    cores: int

    @property
    def lanes(self) -> int:
        """Slots that there are: sequential has one, whatever the case names."""
        return 1 if self.model.traits.has_one_slot else self.slots

    @property
    def takes_turns(self) -> bool:
        """Whether a slot that computes is interrupted: a greenlet yields only where it waits."""
        return self.model.traits.has_thread_per_slot

    @property
    def at_once(self) -> int:
        """Slots that can compute at the same moment: one a process, because each process has one GIL."""
        return min(self.slots, self.cores) if self.model.traits.starts_processes else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A slot doing one thing, all of it numbered from 0."""

    slot: int
    task: int
    doing: Doing
    #: None unless it computes.
    core: int | None
    start: Milliseconds
    end: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Everything that happens, by slot and then by time."""

    case: Case
    stretches: tuple[Stretch, ...]
    #: When the last task is done.
    end: Milliseconds

    @property
    def busy(self) -> int:
        """The largest number of cores at work at one moment."""
        marks = sorted((moment, step) for one in self._computing() for moment, step in ((one.start, 1), (one.end, -1)))
        at_work = most = 0
        for _, step in marks:
            at_work += step
            most = max(most, at_work)
        return most

    def _computing(self) -> tuple[Stretch, ...]:
        return tuple(one for one in self.stretches if one.core is not None)


@dataclass(slots=True, eq=False)
class _Slot:
    """One slot while the clock runs."""

    number: int
    task: int = -1
    #: The remaining steps of its task, one per millisecond.
    steps: deque[Doing] = field(default_factory=deque)
    core: int | None = None
    turn: Milliseconds = 0

    @property
    def may_compute(self) -> bool:
        return bool(self.steps) and self.steps[0] is Doing.COMPUTING

    def step(self) -> Doing:
        """Live through one millisecond."""
        if self.may_compute and self.core is None:
            return Doing.STANDING
        self.turn += 1
        return self.steps.popleft()


def schedule(case: Case) -> Schedule:
    """Return the state of every slot, millisecond by millisecond, until all tasks are done."""
    slots = [_Slot(number) for number in range(case.lanes)]
    queue, line = deque(range(case.tasks)), deque[_Slot]()
    lived: list[list[tuple[int, Doing, int | None] | None]] = [[] for _ in slots]
    while queue or any(slot.steps for slot in slots):
        for slot in slots:
            if not slot.steps and queue:
                slot.task, slot.steps = queue.popleft(), _steps(case.work)
                if not case.takes_turns:
                    slot.core = None  # Its next task is another greenlet, which gets in line.
        _pass_on(slots, line, case)
        for slot, life in zip(slots, lived, strict=True):
            life.append((slot.task, slot.step(), slot.core) if slot.steps else None)
    return Schedule(
        case=case,
        stretches=tuple(one for number, life in enumerate(lived) for one in _stretches(number, life)),
        end=len(lived[0]),
    )


def _steps(work: Work) -> deque[Doing]:
    computing = [Doing.COMPUTING]
    if work is Work.COMPUTING:
        return deque(computing * TASK)
    return deque(computing * ASIDE + [Doing.WAITING] * (TASK - 2 * ASIDE) + computing * ASIDE)


def _pass_on(slots: list[_Slot], line: deque[_Slot], case: Case) -> None:
    """Take cores from slots whose turn is over while others are in line, and give them to the first in line."""
    line.extend(slot for slot in slots if slot.may_compute and slot.core is None and slot not in line)
    over = []
    for slot in slots:
        if slot.core is not None and not slot.may_compute:
            slot.core = None
        elif slot.core is not None and slot.turn >= TURN and case.takes_turns:
            slot.turn = 0
            if line:
                slot.core = None
                over.append(slot)
    line.extend(over)
    free = sorted(set(range(case.at_once)) - {slot.core for slot in slots})
    for core in free[: len(line)]:
        slot = line.popleft()
        slot.core, slot.turn = core, 0


def _stretches(slot: int, life: list[tuple[int, Doing, int | None] | None]) -> list[Stretch]:
    found, now = [], 0
    for what, moments in groupby(life):
        start, now = now, now + len(list(moments))
        if what is not None:
            task, doing, core = what
            found.append(Stretch(slot=slot, task=task, doing=doing, core=core, start=start, end=now))
    return found
