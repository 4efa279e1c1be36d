"""A schedule laid out: where everything is in a picture of 360 by as much as it needs, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.guide.schedule import TASK, Doing, Milliseconds, Schedule, Stretch, Work
from services.core.models import Model

WIDTH: Final = 360
#: Where time begins and ends.
LEFT: Final = 50.0
RIGHT: Final = 352.0
#: Height of a lane, and of it with the space below.
LANE: Final = 16
ROW: Final = 21
#: Below the row of tasks, and between slots and cores.
TOP: Final = 34
APART: Final = 12
#: A narrower stretch has no room for the number of its task.
NARROW: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A slot or a core."""

    label: str
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A stretch in the lane of its slot or its core."""

    x: float
    y: float
    width: float
    height: float
    doing: Doing
    #: Counted from 1, and the text shown for it: empty where there is no room.
    task: int
    label: str

    @property
    def even(self) -> bool:
        """Neighbours differ in shade by this."""
        return self.task % 2 == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A task in the row above: it waits in the queue, is in a slot, is done."""

    task: int
    x: float
    taken: Milliseconds
    done: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment on the axis."""

    x: float
    at: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything a template needs to draw, and nothing to compute."""

    model: Model
    height: float
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    squares: tuple[Square, ...]
    marks: tuple[Mark, ...]
    #: Milliseconds from `LEFT` to `RIGHT`, and when the last task is done.
    span: Milliseconds
    end: Milliseconds
    #: The picture for who cannot see it, and what to see in it.
    caption: str
    left: float = LEFT
    right: float = RIGHT
    width: int = WIDTH
    lane: int = LANE


def pictures(schedules: Sequence[Schedule]) -> tuple[Picture, ...]:
    """Return all pictures on the time scale of the longest, so that lengths can be compared."""
    span = max(one.end for one in schedules)
    return tuple(_picture(one, span) for one in schedules)


def _picture(one: Schedule, span: Milliseconds) -> Picture:
    case = one.case
    cores = TOP + case.lanes * ROW + APART
    slots = [Lane(label=f"slot {number + 1}", y=TOP + number * ROW) for number in range(case.lanes)]
    below = [Lane(label=f"core {number + 1}", y=cores + number * ROW) for number in range(case.cores)]
    boxes = [_box(each, TOP + each.slot * ROW, span) for each in one.stretches]
    boxes += [_box(each, cores + each.core * ROW, span) for each in one.stretches if each.core is not None]
    return Picture(
        model=case.model,
        height=cores + case.cores * ROW + 22,
        lanes=(*slots, *below),
        boxes=tuple(boxes),
        squares=tuple(_square(task, one) for task in range(case.tasks)),
        marks=tuple(Mark(x=round(_x(at, span), 2), at=at) for at in (0, span // 2, span)),
        span=span,
        end=one.end,
        caption=_caption(one),
    )


def _x(moment: Milliseconds, span: Milliseconds) -> float:
    return LEFT + (RIGHT - LEFT) * moment / span


def _box(one: Stretch, y: float, span: Milliseconds) -> Box:
    x = _x(one.start, span)
    width = _x(one.end, span) - x
    standing = one.doing is Doing.STANDING
    task = one.task + 1
    return Box(
        x=round(x, 2),
        y=y + LANE / 2 - 1 if standing else y,
        width=round(width, 2),
        height=2 if standing else LANE,
        doing=one.doing,
        task=task,
        label=str(task) if not standing and width >= NARROW + 4 * (task > 9) else "",
    )


def _square(task: int, one: Schedule) -> Square:
    mine = [each for each in one.stretches if each.task == task]
    return Square(
        task=task + 1,
        x=round(LEFT + task * (RIGHT - LEFT) / 12, 2),
        taken=min(each.start for each in mine),
        done=max(each.end for each in mine),
    )


def _caption(one: Schedule) -> str:
    case = one.case
    slots = "1 slot" if case.lanes == 1 else f"{case.lanes} slots"
    tasks = "1 task is" if case.tasks == 1 else f"{case.tasks} tasks are"
    alone = case.tasks * TASK
    gain = "as long as one after another" if one.end == alone else f"{alone / one.end:.1f} times as fast as one by one"
    return f"{tasks} done after {one.end} ms in {slots}, {gain}. {_why(one)}"


def _why(one: Schedule) -> str:
    case = one.case
    cores = "1 core works" if one.busy == 1 else f"{one.busy} cores work"
    if case.model.traits.has_one_slot:
        rest = "while a task waits, nothing happens" if case.work is Work.WAITING else "one task at a time"
    elif min(case.slots, case.tasks) == 1:
        single = "a single slot does one task after another" if case.slots == 1 else "there is a single task"
        rest = f"{single}, whatever the model"
    elif case.work is Work.WAITING:
        rest = "for a moment before and after each wait, and the waits overlap"
    elif not case.takes_turns:
        rest = "a greenlet computes until it waits, and these do not wait"
    elif not case.model.traits.starts_processes:
        rest = "the GIL lets one thread run, and they take turns"
    elif min(case.slots, case.tasks) > case.cores:
        rest = "there are more processes than cores, so they take turns"
    else:
        rest = "each process has a GIL and a core of its own"
    return f"At most {cores} at once: {rest}."
