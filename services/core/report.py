"""What a user sees of an experiment: the one shape for REST, command line and exports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.core.environment import Environment
from services.core.experiment import Experiment, Model, Record, State
from services.core.trial import Facts, Latency
from services.core.units import Bytes, Rate, Seconds, Timestamp, Value


class Warn(StrEnum):
    """The closed list of warnings; their text and remedy are in `analysis.warnings`."""

    TRIAL_FAILED = "trial failed"
    WINDOW_TOO_SHORT = "window too short"
    UNSTABLE = "unstable trial"
    THROTTLED = "throttled by cgroup"
    HOST_BUSY = "host busy"
    MORE_SLOTS_THAN_QUOTA = "more slots than quota"
    DUPLICATE_TASKS = "duplicate tasks"
    FEW_REPEATS = "too few repeats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A warning about a cell."""

    name: Warn
    text: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A median over repeats with its confidence interval; the bounds are None when there is only one repeat."""

    median: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySummary:
    """Peak memory over repeats, and how much of it was there before the first task of the window."""

    median: Bytes
    low: Bytes | None
    high: Bytes | None
    idle: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """PSS and USS count what the worker costs; RSS counts shared pages once per process."""

    pss: MemorySummary
    uss: MemorySummary
    rss: MemorySummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """What the measured workers used of the processors, medians over repeats."""

    #: CPU seconds per second of the window.
    cores: float
    #: CPU seconds per task, in user code and in the kernel.
    user_per_task: Seconds
    system_per_task: Seconds
    switches_per_task: float
    throttled: Seconds
    #: CPU seconds per second used by everything else on the host, and by the lab's own sampler.
    others: float
    sampler: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSummary:
    """One line about one trial."""

    index: int
    repeat: int
    nodes: tuple[str, ...]
    failure: str
    lost: int
    duplicates: int
    throughput: Rate | None
    window: Seconds | None
    tasks: int | None
    #: Seconds beyond the measured phases.
    overhead: Seconds | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSummary:
    """A cell over its repeats. Figures are None until one trial has finished."""

    name: str
    workload: str
    params: dict[str, Value]
    model: Model
    concurrency: int
    replicas: int
    trials: tuple[TrialSummary, ...]
    throughput: Interval | None
    latency: Latency | None
    memory: Memory | None
    handover: Interval | None
    cpu: Cpu | None
    facts: Facts | None
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A cell's place. Cells that are too close to call share a rank."""

    cell: str
    rank: int
    #: Its throughput over the first cell's.
    ratio: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What follows, in one sentence, and the ranking it rests on."""

    text: str
    #: The fastest cells: one, or all that are too close to call; empty while nothing is measured.
    best: tuple[str, ...]
    ranking: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is being measured at this moment."""

    #: Index and cell of the trial, and its 0-based repeat.
    trial: int
    cell: str
    repeat: int
    #: `start`, `ping`, `calibrate`, `saturate` …, or what the conductor waits for.
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Trials that ended, of all; seconds left, when a first trial has told."""

    done: int
    total: int
    left: Seconds | None = None
    now: Now | None = None
    #: Somebody asked to cancel; the conductor has not ended it yet.
    cancelling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An experiment in a list."""

    record: Record
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Which parts of the lab answer."""

    #: Whether the store answers, and why not.
    store: bool
    reason: str
    #: Whether a conductor holds its lease.
    conductor: bool
    nodes: int

    @property
    def whole(self) -> bool:
        """Whether an experiment submitted now would run."""
        return self.store and self.conductor and self.nodes > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An experiment with everything known of it now."""

    id: str
    state: State
    reason: str
    experiment: Experiment
    started: Timestamp | None
    ended: Timestamp | None
    progress: Progress
    environment: Environment
    cells: tuple[CellSummary, ...]
    verdict: Verdict
