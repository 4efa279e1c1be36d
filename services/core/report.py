"""What a user sees of an experiment: the one shape for REST, command line and exports."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from services.core.damage import Damage
from services.core.environment import Environment
from services.core.experiment import Experiment, Record, State
from services.core.findings import Findings
from services.core.summary import CellSummary, Interval
from services.core.units import Seconds, Timestamp


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
    #: Whether the trial cannot begin yet.
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Trials that ended, of all; seconds left, when a first trial has told."""

    done: int
    total: int
    left: Seconds | None = None
    now: Now | None = None
    #: Somebody asked to cancel; the conductor has not ended it yet.
    cancelling: bool = False


class Change(StrEnum):
    """What about an experiment changed."""

    #: Its record: the state, the number of its trials.
    RECORD = "record"
    #: A trial ended.
    TRIAL = "trial"
    #: What is being measured.
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
    #: Id of an experiment that left the queue because its record cannot be read -> why.
    set_aside: dict[str, str] = field(default_factory=dict)
    #: Damage to the store's files that nobody has dismissed, oldest first.
    damages: tuple[Damage, ...] = ()

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
    #: What follows from several cells together.
    findings: Findings
    verdict: Verdict
