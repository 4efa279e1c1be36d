"""A cell over its repeats: figures with their intervals, and the warnings about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from services.core.figures import Breakdown, Carriage
from services.core.models import Model
from services.core.trial import Facts
from services.core.units import Bytes, Rate, Seconds, Value


class Warn(StrEnum):
    """The closed list of warnings; their text and remedy are in `analysis/cells/warnings`."""

    TRIAL_FAILED = "trial failed"
    WINDOW_TOO_SHORT = "window too short"
    UNSTABLE = "unstable trial"
    THROTTLED = "throttled by cgroup"
    HOST_BUSY = "host busy"
    MORE_SLOTS_THAN_QUOTA = "more slots than quota"
    DUPLICATE_TASKS = "duplicate tasks"
    FEW_REPEATS = "too few repeats"
    PREFETCH_STALL = "prefetch stall"
    GIL_REENABLED = "GIL re-enabled"
    LOST_TASKS = "lost tasks"
    CLOCK_SUSPECT = "clock suspect"
    LITTLES_LAW = "Little's law broken"
    RECONNECTED = "reconnected to the broker"
    BROKER_STALLED = "broker stalled"
    PUBLISHER_LATE = "publisher behind schedule"
    CORES_NOT_WHOLE = "cores not whole"
    CLOCK_RATE_DRIFTS = "clock rate drifts"
    OTHER_ENDINGS = "tasks without a result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A warning about a cell."""

    name: Warn
    text: str
    remedy: str
    #: For a validity warning: the clause that the headline begins with when it touches a first-rank cell.
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with its interval: a median over repeats, a ratio of two cells, a slope, a parameter of a fit."""

    estimate: float
    #: Both None where the data give no bounds, for example with a single repeat.
    low: float | None
    high: float | None

    @classmethod
    def unbounded(cls, estimate: float) -> Self:
        """Return an estimate without bounds."""
        return cls(estimate=float(estimate), low=None, high=None)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Return the lower and the upper bound; None where there are none."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def half_width(self) -> float | None:
        """Return half the distance between the bounds, in the unit of the estimate; None without bounds."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2

    def scaled(self, factor: float) -> Interval:
        """Return the interval in another unit; `factor` is above 0."""
        return self.mapped(lambda value: value * factor)

    def mapped(self, change: Callable[[float], float]) -> Interval:
        """Return the interval of an increasing function of what was estimated."""
        return Interval(
            estimate=change(self.estimate),
            low=None if self.low is None else change(self.low),
            high=None if self.high is None else change(self.high),
        )

    def inverse(self) -> Interval:
        """Return the interval of 1 over what was estimated; the estimate and both bounds are above 0."""
        return Interval(
            estimate=1 / self.estimate,
            low=None if self.high is None else 1 / self.high,
            high=None if self.low is None else 1 / self.low,
        )


#: A cell compared with itself.
ITSELF: Final = Interval(estimate=1.0, low=1.0, high=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySummary:
    """Memory over repeats, in bytes: the peak, and what was in use before the first task of the window."""

    peak: Interval
    idle: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """PSS and USS count what the worker costs; RSS counts shared pages once per process."""

    pss: MemorySummary
    uss: MemorySummary
    rss: MemorySummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """How long tasks took, percentile by percentile: each the median over repeats, with its interval."""

    p50: Interval
    p95: Interval
    p99: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """CPU time of the measured workers, medians over repeats."""

    #: CPU seconds per second.
    cores: Interval
    #: CPU seconds per task; in user code; in the kernel.
    per_task: Interval
    user_per_task: Seconds
    system_per_task: Seconds
    switches_per_task: float
    #: Share of its scheduling periods in which the CPU quota stopped the worker, and of the time for which it stopped
    #: each CPU, on average; None: not known.
    throttled: float
    stopped: float | None
    #: CPU seconds per second of other programs on the host, of the hypervisor for other machines, of the node's agent,
    #: of the sampler in it, and of the broker's server on any host.
    others: float
    steal: float
    agent: float
    sampler: float
    broker: float


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
    #: Far from the cell's other trials (modified z-score); flagged, never dropped.
    outlier: bool
    #: Mean tasks in the system over rate x mean time in it: 1 by Little's law.
    littles_law: float | None
    #: Cost of carrying a task, and mean length of a body.
    carriage: Carriage | None
    body: Seconds | None
    #: Largest PSS of the measured workers, all nodes together.
    peak: Bytes | None
    #: As in `Figures`.
    pace: float | None
    publisher_lag: Seconds | None


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
    latency: Percentiles | None
    memory: Memory | None
    handover: Interval | None
    #: Planned rate; None = a full queue.
    rate: Rate | None
    #: Cost of carrying a task, and the breakdown of its time in the system; medians over repeats.
    carriage: Carriage | None
    breakdown: Breakdown | None
    cpu: Cpu | None
    facts: Facts | None
    warnings: tuple[Warned, ...]
    #: Messages that a task sent, on average.
    children: float = 0.0
    #: The part of `params` in which cells of the experiment differ.
    variant: dict[str, Value] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        """Trials behind its figures."""
        return sum(not trial.failure for trial in self.trials)
