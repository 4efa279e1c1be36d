"""Figures of a whole trial, all nodes together.

The second name of an alias is the one under which earlier versions stored the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AliasChoices, Field

from services.core.cpu_usage import CoresUsed, Usage
from services.core.units import Bytes, Rate, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long a task took.

    With a full queue: from started to stored, how long it held its slot; the wait in the queue means nothing then.
    At a planned rate: from the planned time to stored, with every delay (no coordinated omission).
    """

    p50: Seconds
    p95: Seconds
    p99: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Memory of the measured workers of a trial, all nodes together."""

    #: When warm and idle, and the largest sample of the saturate phase.
    idle: Bytes
    peak: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """Cost of carrying one task, one in flight; medians over the ping phase."""

    #: Published to received: the broker and the worker's fetching.
    fetching: Seconds
    #: Handed over to started: into the slot.
    handing_over: Annotated[Seconds, Field(validation_alias=AliasChoices("handing_over", "out"))]
    #: Finished to stored: the result backend.
    storing: Seconds
    #: Stored to returned: back out of the slot.
    returning: Annotated[Seconds, Field(validation_alias=AliasChoices("returning", "back"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Where a task's mean time in the system went, from published or opened to returned.

    `broker`, `handover`, the body (`cpu` and `off_cpu`), `storing` and `returning` add up to `total`.
    """

    #: Waiting to be received.
    broker: Seconds
    #: Received to started: the pool's own queue is in it.
    handover: Seconds
    #: Body time on a core. None: not separable, because slots share a thread (gevent).
    cpu: Seconds | None
    #: Body time off a core: waiting for a core, the GIL, I/O or a lock. The whole body where `cpu` is None.
    off_cpu: Seconds
    storing: Seconds
    returning: Seconds
    total: Annotated[Seconds, Field(validation_alias=AliasChoices("total", "whole"))]
    #: The part of `storing` on a core. None: not separable, or not known.
    storing_cpu: Seconds | None = None
    #: The part of body and storing in which the slot's thread was ready to run and waited for a core. None: as above.
    core_wait: Seconds | None = None

    @property
    def body(self) -> Seconds:
        """Started to finished."""
        return (self.cpu or 0.0) + self.off_cpu


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedNumbers:
    """Smallest and largest whole number that tasks of the saturate phase returned."""

    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of a whole trial."""

    throughput: Rate
    #: Last finished - first started of the saturate phase.
    window: Seconds
    tasks: int
    latency: Latency
    #: Median cost of carrying one task into a slot and its outcome back, one in flight.
    handover: Seconds
    pss: Footprint
    uss: Footprint
    rss: Footprint
    #: Added up over all nodes.
    usage: Usage
    #: Mean tasks in slots over the window, by the spans.
    in_slots: float
    carriage: Carriage
    breakdown: Breakdown
    #: Mean tasks in the system over rate x mean time in the system: 1 by Little's law.
    littles_law: Annotated[float, Field(validation_alias=AliasChoices("littles_law", "little"))]
    #: Longest time inside the window in which no slot had a task.
    idle_gap: Seconds
    #: Rate at which tasks finished over the rate at which they were due: 1 when the worker keeps up, and with a full
    #: queue.
    pace: float
    #: Publisher behind its schedule, at worst; 0 with a full queue.
    publisher_lag: Annotated[Seconds, Field(validation_alias=AliasChoices("publisher_lag", "lag"))]
    reconnects: int
    #: None: not known.
    returned: Annotated[ReturnedNumbers | None, Field(validation_alias=AliasChoices("returned", "told"))] = None
    #: Longest time in which the broker answered a ping during the saturate phase. None: not known.
    broker_wait: Annotated[Seconds | None, Field(validation_alias=AliasChoices("broker_wait", "store_wait"))] = None
    #: None: not known (stored by an earlier version). Read `cores`.
    cores_used: CoresUsed | None = None

    @property
    def cores(self) -> CoresUsed:
        """CPU time of the workers and of everything beside them."""
        return self.cores_used or CoresUsed.over_window(self.usage, self.window)
