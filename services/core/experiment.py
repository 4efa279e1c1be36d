"""What is asked for: models, cells, trials and the experiment that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.core.units import Seconds, Timestamp, Value


class Model(StrEnum):
    """A concurrency model: a Celery pool on an interpreter."""

    SEQUENTIAL = "sequential"
    THREADS = "threads"
    GEVENT = "gevent"
    PREFORK = "prefork"

    @property
    def pool(self) -> str:
        """What `celery worker -P` calls it."""
        return "solo" if self is Model.SEQUENTIAL else self.value


class Effort(StrEnum):
    """How much time an experiment may take for its certainty."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"


class State(StrEnum):
    """Where an experiment is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (State.FINISHED, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A question: one workload over a grid of models, concurrencies and replicas."""

    id: str
    created: Timestamp
    workload: str
    #: Every declared parameter, defaults filled in.
    params: dict[str, Value]
    models: tuple[Model, ...]
    concurrency: tuple[int, ...]
    replicas: tuple[int, ...]
    repeats: int
    effort: Effort
    #: Shuffles the blocks; part of the experiment, so its plan can be made again.
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Workload x params x model x concurrency x replicas: what one figure is about."""

    workload: str
    params: dict[str, Value]
    model: Model
    concurrency: int
    replicas: int

    @property
    def name(self) -> str:
        """Short and unique within an experiment: `threads@4`, `threads@4x2`."""
        nodes = "" if self.replicas == 1 else f"x{self.replicas}"
        return f"{self.model}@{self.concurrency}{nodes}"


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
    """An experiment and where it stands."""

    experiment: Experiment
    state: State
    #: Trials in the plan.
    total: int
    #: Why it failed or what it waits for; empty when there is nothing to say.
    reason: str = ""
    started: Timestamp | None = None
    ended: Timestamp | None = None
