"""One trial as data: its specification for a node, the node's measurement, and the result that is kept.

The second name of an alias is the one under which earlier versions stored the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AliasChoices, Field

from services.core.cpu_usage import CoreWait, Usage
from services.core.experiment import Trial
from services.core.figures import Figures
from services.core.task_reference import OwnTask, TaskReference
from services.core.units import Bytes, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEndings:
    """Numbers of tasks that ended without a result, as their authors wanted."""

    retried: int
    #: Also tasks that replaced themselves.
    ignored: int
    rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSpec:
    """All a node needs to measure its share of a trial."""

    trial: Trial
    #: Names this attempt at the trial: what an earlier one left behind must not be taken for it.
    attempt: str
    #: 0-based place of this node among the trial's replicas.
    share: int
    #: The task that the measured worker runs.
    task: TaskReference | OwnTask
    #: Shortest saturate window, and tasks of the ping phase.
    window: Seconds
    pings: int
    #: Tasks of this node's saturate phase; None = calibrate to the window.
    tasks: int | None
    #: `worker_prefetch_multiplier`; 0 = no limit.
    prefetch: int
    #: Whether all slots share one result backend.
    shares_backend: bool = False
    #: When to send each task, seconds after the first; empty = a full queue.
    schedule: tuple[Seconds, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A node's share of a trial, warm, calibrated and filled: ready to be opened."""

    #: Tasks in the queue.
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts that the measured worker reported from inside: recorded with every trial."""

    pool: str
    python: str
    #: Whether the GIL was on, asked inside a slot.
    gil: bool
    hiredis: bool
    #: `fork` for prefork; empty for pools that start no process.
    start_method: str
    prefetch_multiplier: int
    acks_late: bool
    stores_results: bool
    #: Whether all slots share one result backend (and its connections) instead of one per thread or greenlet.
    shares_backend: bool = False
    #: `redis_max_connections` where the lab sets it; None: Celery's and redis-py's own limit.
    result_connections: int | None = None
    #: Versions in the worker; empty: not known (an earlier version of the lab).
    celery: str = ""
    kombu: str = ""
    #: A user's own application, as after `celery -A`; empty for a workload.
    app: str = ""
    #: Settings among these that are the application's own.
    app_settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """How long each part of a trial took on the node."""

    start: Seconds
    ping: Seconds
    calibrate: Seconds
    fill: Seconds
    saturate: Seconds
    stop: Seconds

    @property
    def overhead(self) -> Seconds:
        """Cost of the trial beyond its measured phases."""
        return self.start + self.calibrate + self.fill + self.stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The measured worker's processes at one moment."""

    #: CLOCK_MONOTONIC ns.
    at: int
    #: Summed over main process and children. RSS counts shared pages once per process, PSS divides them.
    pss: Bytes
    uss: Bytes
    rss: Bytes
    processes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTrial:
    """One node's share of a trial, as measured."""

    node: str
    #: Nodes of one boot share a clock.
    boot: str
    facts: Facts
    phases: Phases
    #: The span table's rows, packed by `analysis.spans`.
    spans: str
    #: Rows [first, last) of the ping and the saturate phase.
    ping: tuple[int, int]
    saturate: tuple[int, int]
    #: CLOCK_MONOTONIC ns at which the queue was opened: no task waits before that. 0 when it never was.
    opened: int
    #: Whether tasks were sent at planned times: then `published` is the planned time.
    scheduled: bool
    #: How late the publisher was behind its schedule, at worst.
    publisher_lag: Annotated[Seconds, Field(validation_alias=AliasChoices("publisher_lag", "lag"))]
    #: How often the measured worker connected to the broker again after a loss.
    reconnects: int
    #: Taken when the worker was warm and idle.
    idle: Sample
    samples: tuple[Sample, ...]
    usage: Usage
    #: Threads that existed at the second reading; empty where the kernel does not count this.
    core_waits: tuple[CoreWait, ...] = ()
    #: Longest time in which the broker answered a ping of the node during the saturate phase. None: not known.
    broker_wait: Seconds | None = None
    #: Why the share is not whole: what died, what was lost; empty if all went well.
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """A trial that ended. Finished trials have figures, failed ones a reason."""

    trial: Trial
    nodes: tuple[str, ...]
    #: Empty when the trial finished.
    failure: str
    #: Tasks that were published and never came back, and tasks begun more than once.
    lost: int
    duplicates: int
    figures: Figures | None
    facts: Facts | None
    phases: Phases | None
    #: From the conductor's order to its answer.
    elapsed: Seconds
    #: Lost tasks that had begun and died with their slot. The other lost tasks waited for one.
    died_with_slot: Annotated[int, Field(validation_alias=AliasChoices("died_with_slot", "died"))] = 0
    #: Tasks whose stamps lack one or go back in time, where that is why the trial failed.
    disordered: int = 0
    #: Of the saturate phase.
    endings: OtherEndings = OtherEndings(retried=0, ignored=0, rejected=0)
    #: Messages that the tasks of the saturate phase sent.
    children: int = 0
