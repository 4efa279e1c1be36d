"""The parts that run tasks in each model, drawn as nodes and edges: processes, threads, tasks, memory, a channel.

Pure layout in a frame of WIDTH by as much as it needs. A node of a slot or a task is lit while it works in the moving
picture of the same schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from string import ascii_uppercase
from typing import Final

from dashboard.guide.diagram import DiagramEdge, DiagramNode, Text, line
from dashboard.guide.schedule import Doing, Schedule, Stretch
from services.core.models import Model, Slot

WIDTH: Final = 360.0
#: Free space at the border: half a stroke.
BORDER: Final = 2.0
#: Between nodes of a row; between tasks of a chain, where an arrow needs room.
GAP: Final = 6.0
CHAIN_GAP: Final = 12.0
#: Widest node of a row, and the node on top.
WIDEST: Final = 80.0
TOP_WIDTH: Final = 124.0
#: Height of a line of text, of the free space in a node, and between rows.
LINE: Final = 12.0
PADDING: Final = 10.0
ROW_GAP: Final = 26.0
#: Left of the threads, where the process's edge to its memory goes down.
ASIDE: Final = 14.0
#: Right of a main thread, where its process's edge to the channel goes down.
BESIDE: Final = 9.0
#: A narrower node has one word per line.
NARROW: Final = 56.0


class DiagramKind(StrEnum):
    """The kind of part that a node represents; its look."""

    PROCESS = "process"
    THREAD = "thread"
    TASK = "task"
    MEMORY = "memory"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Everything a template needs to draw, and nothing to compute."""

    model: Model
    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]
    height: float
    #: The drawing in words, for readers who cannot see it.
    description: str
    width: float = WIDTH


def structure(schedule: Schedule) -> Structure:
    """Return the drawing of one model with the slots of the schedule's case."""
    match schedule.case.model.traits.slot:
        case Slot.MAIN:
            return _chain(schedule)
        case Slot.PROCESS:
            return _processes(schedule)
        case Slot.THREAD | Slot.GREENLET as slot:
            return _shared(schedule, slot)


def _chain(schedule: Schedule) -> Structure:
    """Draw one process, its main thread, and tasks one after another."""
    process = _top(("Process A",), DiagramKind.PROCESS, BORDER)
    thread = _top(("Main thread",), DiagramKind.THREAD, process.bottom[1] + ROW_GAP, lit=schedule.stretches)
    count = min(schedule.case.slots, schedule.case.tasks)
    tasks = _row(
        [(f"Task {number + 1}",) for number in range(count)],
        DiagramKind.TASK,
        thread.bottom[1] + ROW_GAP,
        gap=CHAIN_GAP,
        lit=[[one for one in schedule.stretches if one.task == task] for task in range(count)],
    )
    edges = [_edge(process, thread), _edge(thread, tasks[0])]
    edges += [_level(one, other) for one, other in pairwise(tasks)]
    return Structure(
        model=schedule.case.model,
        nodes=(process, thread, *tasks),
        edges=tuple(edges),
        height=tasks[0].bottom[1] + BORDER,
        description=f"Process A has one main thread. It runs {_counted(count, 'task')}, one after another.",
    )


def _shared(schedule: Schedule, slot: Slot) -> Structure:
    """Draw one process whose slots share its memory: threads, or greenlets that take turns in its main thread."""
    process = _top(("Process B",), DiagramKind.PROCESS, BORDER)
    above = [process]
    if slot is Slot.GREENLET:
        above.append(_top(("Main thread",), DiagramKind.THREAD, process.bottom[1] + ROW_GAP, lit=schedule.stretches))
    word = slot.capitalize()
    slots = _row(
        [(f"{word} {number + 1}", f"Task {number + 1}") for number in range(schedule.case.slots)],
        DiagramKind.THREAD if slot is Slot.THREAD else DiagramKind.TASK,
        above[-1].bottom[1] + ROW_GAP,
        left=ASIDE,
        lit=_by_slot(schedule),
    )
    memory = _bar("Shared memory space", DiagramKind.MEMORY, slots[0].bottom[1] + ROW_GAP)
    x, y = process.x, process.y + process.height / 2
    aside = line(process, memory, ((x, y), (BORDER + 4, y), (BORDER + 4, memory.y)))
    edges = [aside, *(_edge(one, other) for one, other in pairwise(above))]
    edges += [_edge(above[-1], one) for one in slots]
    edges += [_edge(one, memory, down=True) for one in slots]
    runs = "its main thread, which runs" if slot is Slot.GREENLET else "with"
    return Structure(
        model=schedule.case.model,
        nodes=(*above, memory, *slots),
        edges=tuple(edges),
        height=memory.bottom[1] + BORDER,
        description=f"Process B has a shared memory space, {runs} {_counted(len(slots), slot)}. Each runs a task, and "
        "all read and write the shared memory.",
    )


def _processes(schedule: Schedule) -> Structure:
    """Processes with isolated memory and a main thread each, and a channel between them."""
    count = schedule.case.slots
    processes = _row(
        [(f"Process {letter}", "isolated", "memory") for letter in ascii_uppercase[2 : 2 + count]],
        DiagramKind.PROCESS,
        BORDER,
    )
    lit = _by_slot(schedule)
    threads = [
        _node(
            ("Main thread", f"Task {number + 1}"),
            DiagramKind.THREAD,
            process.x,
            process.bottom[1] + ROW_GAP,
            process.width - BESIDE,
            name=f"Main thread of {process.name}",
            lit=lit[number],
        )
        for number, process in enumerate(processes)
    ]
    channel = _bar("IPC channel: pipes, queues, shared memory", DiagramKind.CHANNEL, threads[0].bottom[1] + ROW_GAP)
    edges = [_edge(one, other, down=True) for one, other in zip(processes, threads, strict=True)]
    for one in processes:
        x = one.x + one.width - BESIDE / 2 + 1
        edges.append(line(one, channel, ((x, one.y + one.height), (x, channel.y)), dashed=True))
    return Structure(
        model=schedule.case.model,
        nodes=(*processes, *threads, channel),
        edges=tuple(edges),
        height=channel.bottom[1] + BORDER,
        description=f"{_counted(count, 'process', 'processes').capitalize()} with isolated memory, each with a main "
        "thread that runs a task. They exchange data through one IPC channel: pipes, queues or shared memory.",
    )


def _counted(count: int, one: str, several: str = "") -> str:
    return f"one {one}" if count == 1 else f"{count} {several or one + 's'}"


def _by_slot(schedule: Schedule) -> list[list[Stretch]]:
    return [[one for one in schedule.stretches if one.slot == slot] for slot in range(schedule.case.lanes)]


def _top(texts: Sequence[str], kind: DiagramKind, y: float, lit: Iterable[Stretch] = ()) -> DiagramNode:
    return _node(texts, kind, (WIDTH - TOP_WIDTH) / 2, y, TOP_WIDTH, lit=lit)


def _bar(text: str, kind: DiagramKind, y: float) -> DiagramNode:
    return _node((text,), kind, BORDER, y, WIDTH - 2 * BORDER)


def _row(
    texts: Sequence[Sequence[str]],
    kind: DiagramKind,
    y: float,
    *,
    left: float = BORDER,
    gap: float = GAP,
    lit: Sequence[Sequence[Stretch]] | None = None,
) -> list[DiagramNode]:
    """Nodes of one size side by side, centred."""
    count, room = len(texts), WIDTH - left - BORDER
    width = min(WIDEST, (room - (count - 1) * gap) / count)
    start = left + (room - count * width - (count - 1) * gap) / 2
    return [
        _node(each, kind, start + place * (width + gap), y, width, lit=lit[place] if lit else ())
        for place, each in enumerate(texts)
    ]


def _node(
    texts: Sequence[str],
    kind: DiagramKind,
    x: float,
    y: float,
    width: float,
    *,
    name: str = "",
    lit: Iterable[Stretch] = (),
) -> DiagramNode:
    """Return a node with these lines of text, or with one word per line where there is little room."""
    lines = " ".join(texts).split() if width < NARROW else texts
    x, y, stretches = round(x, 1), round(y, 1), list(lit)
    return DiagramNode(
        name=name or texts[0],
        kind=kind,
        x=x,
        y=y,
        width=round(width, 1),
        height=PADDING + LINE * len(lines),
        lines=tuple(
            Text(x=round(x + width / 2, 1), y=round(y + PADDING / 2 + LINE * (place + 0.8), 1), text=text)
            for place, text in enumerate(lines)
        ),
        computing=_times(stretches, Doing.COMPUTING),
        waiting=_times(stretches, Doing.WAITING),
    )


def _times(stretches: Iterable[Stretch], doing: Doing) -> str:
    """Return when stretches do this, those that touch joined."""
    joined: list[list[int]] = []
    for one in sorted((each for each in stretches if each.doing is doing), key=lambda each: each.start):
        if joined and joined[-1][1] >= one.start:
            joined[-1][1] = max(joined[-1][1], one.end)
        else:
            joined.append([one.start, one.end])
    return " ".join(f"{start}-{end}" for start, end in joined)


def _edge(tail: DiagramNode, head: DiagramNode, *, down: bool = False) -> DiagramEdge:
    """Draw an edge from above to below; `down`: straight down. Edges to memory are dashed."""
    start = tail.bottom
    end = (start[0], head.y) if down else head.top
    if down and head.width < tail.width:
        start, end = (head.top[0], start[1]), head.top
    return line(tail, head, (start, end), dashed=head.kind is DiagramKind.MEMORY)


def _level(tail: DiagramNode, head: DiagramNode) -> DiagramEdge:
    """Draw an edge to the next node of a row."""
    y = tail.y + tail.height / 2
    return line(tail, head, ((tail.x + tail.width, y), (head.x, y)))
