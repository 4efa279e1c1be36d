"""The report of an experiment: one shape for REST, command line and exports."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import AliasChoices, Field

from services.core.advice import Advice
from services.core.damage import Damage
from services.core.environment import Environment
from services.core.experiment import Experiment, Record, State, Trial
from services.core.findings import Findings, Group
from services.core.models import Model
from services.core.summary import CellSummary, Interval, Warn
from services.core.units import Rate, Seconds, Timestamp, Value


class Answer(StrEnum):
    """The comparison of two throughputs, from the interval of their ratio."""

    DIFFERS = "differs"
    EQUAL = "equal within 5 %"
    NOT_ENOUGH = "not enough data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A cell's place within its variant. Cells that are not told apart from the first of a rank share it."""

    cell: str
    rank: int
    #: Throughput over that of the first cell, with its simultaneous interval.
    ratio: Interval
    #: Comparison with the first cell; None for the first cell itself.
    answer: Answer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """How far the fastest cell is ahead of the cell that it is compared with."""

    cell: str
    over: str
    #: Throughput of `cell` over that of `over`, free of selection bias; the interval is simultaneous.
    ratio: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Sustained:
    """The planned rates that one model at one concurrency keeps up with."""

    group: Group
    #: Highest rate kept, the cell that kept it and its p99; None where no rate was kept.
    highest_kept: Rate | None
    cell: str | None
    p99: Interval | None
    #: Lowest rate not kept; None where every rate was kept or sent too late to judge.
    lowest_missed: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantVerdict:
    """The verdict on cells that do the same work: a ranking for a full queue, sustained rates for planned rates."""

    #: Swept parameters; empty where nothing is swept.
    variant: dict[str, Value]
    text: str
    #: The same in a clause, for a headline that has several variants.
    brief: str
    #: Cells of rank 1; empty while nothing is measured, and at planned rates.
    best: tuple[str, ...] = ()
    ranking: tuple[Ranked, ...] = ()
    #: Smallest relative difference that the repeats can show between the cells of rank 1; None where there is one
    #: such cell, or no interval.
    resolution: float | None = None
    lead: Lead | None = None
    #: Highest rate first; empty for a full queue.
    sustained: tuple[Sustained, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A reason not to rely on the verdict: a validity warning about a first-rank cell."""

    name: Warn
    cell: str
    #: A clause such as `other programs used 1.2 of the 2 cores`.
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer of an experiment: one sentence, and one verdict per variant behind it."""

    text: str
    doubts: tuple[Doubt, ...] = ()
    variants: tuple[VariantVerdict, ...] = ()

    @property
    def best(self) -> tuple[str, ...]:
        """Cells of rank 1 in their variant."""
        return tuple(cell for one in self.variants for cell in one.best)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentTrial:
    """The trial that is being measured now."""

    #: Index and cell of the trial, and its 0-based repeat.
    trial: int
    cell: str
    repeat: int
    #: `start`, `ping`, `calibrate`, `saturate` …, or what the conductor waits for.
    phase: str
    #: Whether the trial cannot begin yet; earlier versions stored it as `waits`.
    waiting: Annotated[bool, Field(validation_alias=AliasChoices("waiting", "waits"))] = False
    #: The cell's model; None: not known (an earlier version).
    model: Model | None = None

    @classmethod
    def of(cls, trial: Trial, phase: str, *, waiting: bool = False) -> CurrentTrial:
        """Return the state of `trial`."""
        cell = trial.cell
        return cls(
            trial=trial.index, cell=cell.name, repeat=trial.repeat, phase=phase, waiting=waiting, model=cell.model
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Finished and total trials; estimated seconds left (None until one trial has finished)."""

    done: int
    total: int
    seconds_left: Seconds | None = None
    now: CurrentTrial | None = None
    #: Whether cancellation was requested and the conductor has not ended the experiment yet.
    cancelling: bool = False


class Change(StrEnum):
    """Kinds of changes to an experiment."""

    #: Its record: the state, the number of its trials.
    RECORD = "record"
    #: A trial ended.
    TRIAL = "trial"
    #: The trial that is being measured.
    NOW = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change, in the order in which they came."""

    #: Grows from event to event.
    id: str
    change: Change
    #: JSON: the state of a record or "cancelling", the index of a trial, a `Now`.
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedExperiment:
    """An experiment in a list."""

    record: Record
    progress: Progress
    #: Whether it is never deleted to make room for others.
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the list of all experiments, newest first."""

    lines: tuple[ListedExperiment, ...]
    #: Number of all experiments.
    total: int
    #: Cursors for `before` and `after`; None where the list ends.
    older: str | None = None
    newer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Which parts of the lab answer."""

    #: Whether the store answers, and why not.
    store: bool
    reason: str
    #: Whether a conductor holds its lease.
    conductor: bool
    nodes: int
    #: Id of an experiment that left the queue because its record cannot be read -> why.
    set_aside: dict[str, str] = field(default_factory=dict)
    #: Damage to the store's files that was not dismissed, oldest first.
    damages: tuple[Damage, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether an experiment submitted now would run."""
        return self.store and self.conductor and self.nodes > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An experiment with everything known about it now."""

    id: str
    state: State
    reason: str
    experiment: Experiment
    started: Timestamp | None
    ended: Timestamp | None
    progress: Progress
    environment: Environment
    cells: tuple[CellSummary, ...]
    #: Results about several cells together.
    findings: Findings
    verdict: Verdict
    #: What to do: picks with their commands, and why.
    advice: Advice = field(default_factory=Advice)
    #: Whether it is never deleted to make room for others.
    pinned: bool = False
    #: Units of the workload's parameters, as declared; none where the workload is not known.
    units: dict[str, str] = field(default_factory=dict)
