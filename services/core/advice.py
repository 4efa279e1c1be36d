"""The answer of an experiment: which cell to use, with which command, why, and how sure. Computed, never stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from services.core.models import Model
from services.core.summary import Interval
from services.core.units import Bytes, Rate, Seconds, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Objectives:
    """Bounds that a picked cell must keep. A cell without bounds of its own is judged by its median."""

    #: Largest peak PSS of the measured workers.
    max_memory: Bytes | None = None
    #: Largest p99 latency.
    p99: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTimeLimits:
    """Time limits that the task declares; None where it declares none."""

    soft: Seconds | None = None
    hard: Seconds | None = None


class Aim(StrEnum):
    """What a pick is best at."""

    #: Highest throughput, told apart from every other.
    FASTEST = "fastest"
    #: Not told apart from the fastest: of these cells the one with the smallest memory.
    AMONG_FASTEST = "among the fastest"
    #: Highest planned rate kept, with the lowest p99; the smallest memory where several are alike.
    HIGHEST_RATE = "highest rate kept"
    #: Least memory among the cells that may reach 90 % of the fastest.
    BEST_VALUE = "best value"
    #: What `celery worker` without options does: prefork, one slot per processor, Celery's own settings.
    NO_CHANGE = "nothing to change"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededSetting:
    """A Celery setting that a figure rests on and that differs from Celery's default."""

    name: str
    value: Value | bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """Something that another model offers and this one does not."""

    text: str
    #: Where this can be looked up.
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPick:
    """One pick: a cell, its figures, and how to run the same worker."""

    #: Aims that this cell serves; one cell may serve several.
    aims: tuple[Aim, ...]
    cell: str
    model: Model
    concurrency: int
    #: Nodes that each run the command.
    replicas: int
    #: Throughput, p99 latency and peak PSS (all nodes together). With a full queue p99 is the time in the slot, at a
    #: planned rate the time from the planned moment on.
    throughput: Interval
    p99: Interval
    memory: Interval
    #: Throughput over that of the fastest cell that keeps the objectives; None at planned rates.
    of_fastest: Interval | None
    #: Planned rate that it keeps up with; None for a full queue.
    rate: Rate | None
    #: Words of the complete command line, and the settings in it.
    command: tuple[str, ...]
    settings: tuple[NeededSetting, ...]
    #: What a Celery user gives up with this model, and time limits of the task that it does not enforce.
    gives_up: tuple[GivenUp, ...]
    unenforced: tuple[str, ...]


class Limit(StrEnum):
    """What limits a task's throughput: a closed set."""

    GIL = "the GIL"
    ONE_THREAD = "one thread for all greenlets"
    CORES = "cores"
    QUOTA = "the CPU quota"
    WAITING = "the task's own waiting"
    CARRYING = "carrying"
    SHARED = "something shared by all models"
    LOCK = "a lock inside the process"
    BLOCKED_LOOP = "waits that gevent does not see"
    NEIGHBOUR = "a computing neighbour"
    THREADS_INSIDE = "threads inside the task"
    MEMORY = "memory"
    PREFETCH = "a prefetch stall"
    PUBLISHER = "the publisher"
    #: Every planned rate was kept.
    NOTHING = "nothing at these rates"
    UNKNOWN = "not known"


class Sign(StrEnum):
    """Figures that a diagnosis can rest on."""

    CORES_USED = "cores used by the worker"
    CORES_USABLE = "usable cores"
    CORES_OF_OTHERS = "cores used by other programs"
    CORES_WAITED_FOR = "cores waited for"
    PERIODS_STOPPED = "periods stopped by the quota"
    SLOTS_BUSY = "slots with a task"
    OFF_CORE = "time in the slot off the core"
    BODY_CPU = "CPU time spent in the body"
    SLOWDOWN = "time in the slot over that of one slot"
    OVER_ONE_SLOT = "throughput over that of one slot"
    MEMORY_USED = "memory limit used"
    LAG = "publisher lag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One figure of one cell that a diagnosis rests on."""

    cell: str
    sign: Sign
    value: float
    #: `cores`, `s`, empty for a ratio, `%` for a share of 1.
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What limits some cells, with the figures that show it."""

    limit: Limit
    cells: tuple[str, ...]
    #: A sentence with the figures, and what to do about it; the remedy is empty where there is nothing to do.
    text: str
    remedy: str
    evidence: tuple[Evidence, ...]


class CeilingKind(StrEnum):
    """What sets a theoretical ceiling."""

    SLOTS = "slots"
    GIL = "the GIL"
    ONE_THREAD = "one thread"
    CORES = "cores"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The highest throughput that theory allows a cell, and what it reached."""

    cell: str
    set_by: CeilingKind
    #: Ceiling in tasks/s; throughput over it.
    at_most: Rate
    reached: Interval


class Sureness(StrEnum):
    """How well the fastest pick is told apart from the other cells."""

    CLEAR = "told apart"
    EQUAL = "equally fast within 5 %"
    CLOSE = "too close to call"
    SINGLE = "a single repeat decides nothing"
    ALONE = "nothing to compare with"
    #: Planned rates are compared by whether they are kept.
    KEPT = "rates kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """How sure the picks are, and what would make them surer."""

    sureness: Sureness
    #: Fewest finished trials of a pick.
    repeats: int
    #: Cells that are as good as the fastest pick as far as these trials show.
    equally_good: tuple[str, ...]
    #: Reasons not to rely on the figures of the picks, and what to do, most useful first.
    doubts: tuple[str, ...]
    surer: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantAdvice:
    """The answer for cells that do the same work under the same kind of load."""

    #: Swept parameters; empty where nothing is swept.
    variant: dict[str, Value]
    #: Whether the cells were measured at planned rates.
    at_a_rate: bool
    text: str
    #: In the order of `Aim`; empty where no cell keeps the objectives.
    picks: tuple[CellPick, ...]
    #: Why there is no pick for an aim, or none at all; empty where all aims have one.
    missing: str
    #: Most important first: that of the fastest pick.
    why: tuple[Diagnosis, ...]
    #: Of the fastest cell of every model; empty at planned rates.
    ceilings: tuple[Ceiling, ...]
    certainty: Certainty | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The answer of an experiment, variant by variant; none while nothing is measured."""

    variants: tuple[VariantAdvice, ...] = ()
    objectives: Objectives = field(default_factory=Objectives)
    #: Those that the task declares.
    limits: TaskTimeLimits = field(default_factory=TaskTimeLimits)
