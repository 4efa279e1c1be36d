"""The layout of the span table: one row of int64 per task. Standard library only: the measured worker imports it.

Every field has one writer at a time, so the table needs no lock: the outcome is the slot's, the fate that of the main
process.
Times are CLOCK_MONOTONIC nanoseconds, comparable between processes of one host; 0 means *not stamped*.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Stamp(IntEnum):
    """A field of a row, by its column."""

    #: The publisher sent the message.
    PUBLISHED = 0
    #: The worker's main process had read it from the broker, right before handing it on.
    RECEIVED = 1
    #: The main process gave it to the pool.
    HANDED_OVER = 2
    #: A slot began it, right before the body.
    STARTED = 3
    #: The body ended.
    FINISHED = 4
    #: The outcome was in the result backend, and the slot was done with the task.
    STORED = 5
    #: The main process got the outcome back.
    RETURNED = 6
    #: CPU time of the slot's thread in the body, ns. Under gevent other greenlets' work is in it.
    CPU = 7
    #: Process and native thread of the slot.
    PID = 8
    THREAD = 9
    #: How often a slot took it: 2 is a duplicate. Only the first runs.
    STARTS = 10
    #: An `Outcome`, as the slot knows it.
    OUTCOME = 11
    #: The whole number that the workload returned, if its declaration names one.
    NUMBER = 12
    #: CPU time of the slot's thread from the end of the body to STORED, ns; under gevent as CPU. Before STORED is
    #: written: minus the thread's CPU time at the end of the body.
    STORING_CPU = 13
    #: A slot took it: right before the tracer, which calls the body.
    TAKEN = 14
    #: Messages that the task sent: its children, and its own retry.
    CHILDREN = 15
    #: An `Outcome` that the main process alone knows: SLOT_LOST or TIMED_OUT.
    FATE = 16


class Outcome(IntEnum):
    """How a task ended, as far as the worker knows."""

    NONE = 0
    OK = 1
    #: The body raised.
    RAISED = 2
    #: The slot died under it.
    SLOT_LOST = 3
    #: It asked to be run again later.
    RETRIED = 4
    #: It raised `Ignore`, as a task does that replaces itself.
    IGNORED = 5
    #: It raised `Reject`.
    REJECTED = 6
    #: It was ended at its hard time limit.
    TIMED_OUT = 7


class WorkerField(IntEnum):
    """A field of the table's last row, which is about the worker and not about a task, by its column."""

    #: How often the worker's consumer has connected to the broker.
    CONNECTIONS = 0


#: Letters of a task's id before its row.
_TOKEN: Final = 24


def task_id(token: str, row: int) -> str:
    """Return the id of the task with this row: a UUID, because users' code parses ids as such.

    `token` is the beginning of a UUID, up to its last part: the same for all tasks of a trial.
    """
    return f"{token}{row:012x}"


def row_of(id: str) -> int:
    """Return the row of the task with this id."""
    return int(id[_TOKEN:], 16)


def new_token(uuid: str) -> str:
    """Return what the ids of a trial's tasks begin with, from any UUID."""
    return uuid[:_TOKEN]


COLUMNS: Final = 17
ROW_BYTES: Final = COLUMNS * 8
