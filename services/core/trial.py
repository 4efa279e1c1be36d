"""One trial as data: what a node is told, what it hands back, and the result that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from services.core.experiment import Trial
from services.core.units import Bytes, Rate, Seconds

#: Scheduling period of a CPU quota unless it is set otherwise.
DEFAULT_PERIOD: Final[Seconds] = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSpec:
    """All a node needs to measure its share of a trial."""

    trial: Trial
    #: Names this attempt at the trial: what an earlier one left behind must not be taken for it.
    attempt: str
    #: 0-based place of this node among the trial's replicas.
    share: int
    #: `module:function` of the workload.
    location: str
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
    """What the measured worker said of itself, from inside: recorded with every trial."""

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
class Usage:
    """Differences between two readings around the saturate phase, of one node, or added up over nodes.

    The measured worker is its main process and all descendants, those that ended between the readings included.
    """

    user: Seconds
    system: Seconds
    voluntary_switches: int
    involuntary_switches: int
    #: Time the CPU quota stopped the cgroup, added up over its CPUs, and in how many scheduling periods it did.
    throttled: Seconds
    throttled_periods: int
    #: CPU time of everything on the host that is not the lab: not the worker, the agent, or the store if it is there.
    #: Up to a clock tick per process below 0 where there is nothing else.
    others: Seconds
    #: CPU time that the hypervisor gave to other machines.
    steal: Seconds
    #: CPU time of the thread that samples memory; a part of `agent`.
    sampler: Seconds
    #: CPU time of the store's server for all its clients, on whatever host it runs.
    store: Seconds
    #: Time between the two readings, the longest of several nodes. 0: not known (stored by an earlier version).
    elapsed: Seconds = 0.0
    #: Scheduling periods in which the cgroup had something to run, and CPUs on which it may run.
    periods: int = 0
    cpus: int = 0
    #: CPU time of the node's agent and its helpers: sampler, publisher, loopback web server.
    agent: Seconds = 0.0
    #: Whether the store's server runs on this host; then `others` leaves it out.
    store_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreWait:
    """How long one thread of a measured worker was ready to run and waited for a core."""

    pid: int
    #: Native thread id.
    thread: int
    #: Between the two readings of `Usage`.
    waited: Seconds


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
    lag: Seconds
    #: How often the measured worker lost its connection to the broker.
    reconnects: int
    #: Taken when the worker was warm and idle.
    idle: Sample
    samples: tuple[Sample, ...]
    usage: Usage
    #: Threads that existed at the second reading; empty where the kernel does not count this.
    core_waits: tuple[CoreWait, ...] = ()
    #: Why the share is not whole: what died, what was lost; empty if all went well.
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long a task took.

    With a full queue: from started to stored, how long it held its slot; the wait in the queue says nothing then.
    At a planned rate: from the planned time to stored, whatever kept it (no coordinated omission).
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
    """What carrying one task costs with one in flight, medians over the ping phase."""

    #: Published to received: the broker and the worker's fetching.
    fetching: Seconds
    #: Handed over to started: into the slot.
    out: Seconds
    #: Finished to stored: the result backend.
    storing: Seconds
    #: Stored to returned: back out of the slot.
    back: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Where a task's mean time in the system went, from published or opened to returned.

    `broker`, `handover`, the body (`cpu` and `off_cpu`), `storing` and `returning` add up to `whole`.
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
    whole: Seconds
    #: The part of `storing` on a core. None: not separable, or not known.
    storing_cpu: Seconds | None = None
    #: The part of body and storing in which the slot's thread was ready to run and waited for a core. None: as above.
    core_wait: Seconds | None = None

    @property
    def body(self) -> Seconds:
        """Started to finished."""
        return (self.cpu or 0.0) + self.off_cpu


@dataclass(frozen=True, slots=True, kw_only=True)
class CoresUsed:
    """CPU seconds per second of the saturate phase: per node over its own elapsed time, then added up."""

    #: The measured workers, in user code and in the kernel.
    user: float
    system: float
    #: As in `Usage`; each host counts once.
    others: float
    steal: float
    sampler: float
    agent: float
    store: float
    #: Share of the scheduling periods in which the CPU quota stopped the worker; the largest of all nodes.
    throttled: float
    #: Share of the time for which it stopped each CPU, on average. None: not known.
    stopped: float | None

    @property
    def worker(self) -> float:
        """User and system time together."""
        return self.user + self.system

    @classmethod
    def over_window(cls, usage: Usage, window: Seconds) -> Self:
        """For figures stored before the elapsed time was measured: over the window, the store among the others."""
        return cls(
            user=usage.user / window,
            system=usage.system / window,
            others=usage.others / window,
            steal=usage.steal / window,
            sampler=usage.sampler / window,
            agent=usage.sampler / window,
            store=usage.store / window,
            throttled=min(1.0, usage.throttled_periods * DEFAULT_PERIOD / window),
            stopped=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The whole numbers that tasks of the saturate phase returned, where their workload tells something by them."""

    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a whole trial measured."""

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
    little: float
    #: Longest time inside the window in which no slot had a task.
    idle_gap: Seconds
    #: Rate at which tasks finished over the rate at which they were due: 1 when the worker keeps up, and with a full
    #: queue.
    pace: float
    #: Publisher behind its schedule, at worst; 0 with a full queue.
    lag: Seconds
    reconnects: int
    #: None where the workload tells nothing by its result.
    told: Told | None = None
    #: None: not known (stored by an earlier version). Read `cores`.
    cores_used: CoresUsed | None = None

    @property
    def cores(self) -> CoresUsed:
        """What the workers and everything beside them used of the processors."""
        return self.cores_used or CoresUsed.over_window(self.usage, self.window)


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
    #: Of the lost tasks those that had begun: they died with their slot. The others waited for one.
    died: int = 0
