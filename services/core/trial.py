"""One trial as data: what a node is told, what it hands back, and the result that is kept."""

from __future__ import annotations

from dataclasses import dataclass

from services.core.experiment import Trial
from services.core.units import Bytes, Rate, Seconds


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
    """Deltas over the saturate window, summed over the measured worker's processes and threads."""

    user: Seconds
    system: Seconds
    voluntary_switches: int
    involuntary_switches: int
    #: Time the cgroup was stopped by its CPU quota, and in how many periods.
    throttled: Seconds
    throttled_periods: int
    #: CPU time of everything else on the host: its noise, and the store if that is there.
    others: Seconds
    #: CPU time that the hypervisor gave to other machines.
    steal: Seconds
    #: CPU time of the sampler itself.
    sampler: Seconds
    #: CPU time of the store's server, wherever it runs: all it did, for whomever.
    store: Seconds


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
    """Where a task's mean time in the system went; the parts add up to the whole, published or opened to returned."""

    #: Waiting to be received.
    broker: Seconds
    #: Received to started: the pool's own queue is in it.
    handover: Seconds
    cpu: Seconds
    #: Body time without CPU: waiting for I/O, for the GIL, or for a core.
    off_cpu: Seconds
    storing: Seconds
    returning: Seconds
    whole: Seconds


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
