"""The text of the guide about each of its models, before anything is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.core.claims import Topic
from services.core.models import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One model for someone who meets it today."""

    #: None: no claim is about it.
    topic: Topic | None
    model: Model
    title: str
    #: The kind of memory it has, in a few words.
    memory: str
    text: str
    #: Examples of work that suits it.
    best_for: str
    #: A point that is easily overlooked.
    note: str


LESSONS: Final = (
    Lesson(
        topic=Topic.SEQUENTIAL,
        model=Model.SEQUENTIAL,
        title="Sequential",
        memory="One process, one task at a time",
        text="The next task begins when the last one is done. While a task waits for a disk or a server, the whole "
        "program waits with it.",
        best_for="few or short tasks, scripts, and anything that must be simple to debug.",
        note="No locks, no surprises: the code runs in the order you read it. Celery calls this pool solo.",
    ),
    Lesson(
        topic=Topic.THREADS,
        model=Model.THREADS,
        title="Multithreading in one process",
        memory="One memory space, shared by all threads",
        text="Several threads run in one process and see the same variables. Only the one that holds the interpreter's "
        "lock, the GIL, runs Python; about every 5 ms another thread gets it. A thread that waits releases the lock.",
        best_for="I/O-bound tasks: reading files, network requests, database queries.",
        note="Every process starts with one thread, its main thread. Multithreading adds others beside it.",
    ),
    Lesson(
        topic=None,
        model=Model.GEVENT,
        title="Greenlets in one thread",
        memory="One memory space, one thread for all tasks",
        text="Many tasks take turns in one thread. A task goes on until it waits, and then another one has its turn, "
        "as with async and await; gevent makes the standard library wait in this way, so the code stays as it is.",
        best_for="very many I/O-bound tasks that wait most of the time.",
        note="A task that computes holds up all others: nothing interrupts it.",
    ),
    Lesson(
        topic=Topic.PROCESSES,
        model=Model.PREFORK,
        title="Multiprocessing",
        memory="Isolated memory, one space per process",
        text="Each slot is a process with its own interpreter and its own GIL, so each can have a core. Processes do "
        "not see each other's variables: what they share goes through a channel between them (inter-process "
        "communication, IPC): a pipe, a queue or shared memory.",
        best_for="CPU-bound tasks: calculations, data processing, images.",
        note="Crossing the channel means copying: arguments and results are pickled, written, and read on the other "
        "side. Celery calls this pool prefork.",
    ),
)
