"""Requested work: cells, trials and the experiment that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from services.core.labels import label
from services.core.models import Model
from services.core.units import Rate, Seconds, Timestamp, Value


class Effort(StrEnum):
    """How much time an experiment may take for its certainty."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"


class Arrivals(StrEnum):
    """How tasks are spaced when they are sent at a planned rate."""

    CONSTANT = "constant"
    POISSON = "poisson"


class State(StrEnum):
    """Where an experiment is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    #: Its trials failed, which is what they were run for: workload `die`.
    INTENDED = "ended as intended"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (State.QUEUED, State.RUNNING)

    @property
    def succeeded(self) -> bool:
        """Whether it ended with what it was asked for."""
        return self in (State.FINISHED, State.INTENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A question: one workload over a grid of models, concurrencies and replicas."""

    id: str
    created: Timestamp
    workload: str
    #: Every declared parameter that has one value, defaults filled in.
    params: dict[str, Value]
    models: tuple[Model, ...]
    concurrency: tuple[int, ...]
    replicas: tuple[int, ...]
    #: Blocks that are run in any case.
    repeats: int
    effort: Effort
    #: Shuffles the blocks and spaces the arrivals; part of the experiment, so its plan can be made again.
    seed: int
    #: Declared parameters that take several values, each in cells of its own.
    sweep: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    #: Planned rates, tasks/s, each in cells of its own; empty = a full queue (saturate).
    rates: tuple[Rate, ...] = ()
    arrivals: Arrivals = Arrivals.CONSTANT
    #: `worker_prefetch_multiplier`; None = the lab's choice for the model.
    prefetch: int | None = None
    #: Blocks that are run at the most: while intervals are wide, one is added as long as the budget lasts.
    most_repeats: int = 0
    #: Seconds after which no block is added; None = no matter.
    budget: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Workload x params x model x concurrency x replicas: what one figure is about."""

    workload: str
    params: dict[str, Value]
    model: Model
    concurrency: int
    replicas: int
    #: The part of `params` in which cells of its experiment differ.
    variant: dict[str, Value] = field(default_factory=dict)
    #: Planned rate, tasks/s, all replicas together; None = a full queue.
    rate: Rate | None = None
    #: `worker_prefetch_multiplier`; None = the lab's choice for the model.
    prefetch: int | None = None

    @property
    def name(self) -> str:
        """Short and unique within an experiment: `threads@4`, `threads@4x2`, `threads@4 at 50/s`."""
        return label(
            self.model, concurrency=self.concurrency, replicas=self.replicas, variant=self.variant, rate=self.rate
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One cell, run once on fresh workers."""

    experiment: str
    #: Position in the plan, 0-based; with the experiment it names the trial.
    index: int
    cell: Cell
    #: 0-based; every repeat runs all cells once, in its own order.
    repeat: int

    @property
    def id(self) -> str:
        """Unique in the lab; part of the trial's queue and key names."""
        return f"{self.experiment}-{self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every trial of an experiment, in the order to run them."""

    cells: tuple[Cell, ...]
    trials: tuple[Trial, ...]
    #: Shortest saturate window.
    window: Seconds
    #: Tasks of the ping phase.
    pings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An experiment and its state."""

    experiment: Experiment
    state: State
    #: Blocks in the plan, and trials in them; both grow when a block is added.
    blocks: int
    total: int
    #: Reason of its end; empty where none is needed.
    reason: str = ""
    started: Timestamp | None = None
    ended: Timestamp | None = None
    #: Whether a validity warning touches a first-rank cell. None: not finished, or not known (an earlier version).
    doubtful: bool | None = None
