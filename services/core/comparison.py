"""Cells side by side, of one experiment or of several: the first one is what the others are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.core.environment import Fingerprint
from services.core.experiment import Cell, Experiment
from services.core.models import Model
from services.core.summary import Interval
from services.core.trial import Facts
from services.core.units import Rate, Value


class Measure(StrEnum):
    """Figures that are compared."""

    THROUGHPUT = "throughput"
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"
    HANDOVER = "hand-over"
    PEAK_PSS = "peak PSS"


class Call(StrEnum):
    """The answer that the interval of a ratio gives."""

    FASTER = "faster"
    SLOWER = "slower"
    LESS = "less"
    MORE = "more"
    TOO_CLOSE = "too close to call"
    #: There is no interval: one of the two has fewer than two finished trials.
    UNKNOWN = "not known"


class About(StrEnum):
    """The subject of a trait."""

    #: The workload, and its parameters by their own names.
    TASK = "task"
    CELL = "cell"
    NODES = "nodes"
    WORKERS = "workers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A cell by its experiment's id and its own name."""

    experiment: str
    cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One of the cells that are compared."""

    choice: Choice
    experiment: Experiment
    cell: Cell
    #: Trials behind its figures.
    finished: int
    #: Names and fingerprints of the nodes that measured it, ordered by name.
    nodes: tuple[str, ...]
    fingerprints: tuple[Fingerprint, ...]
    #: Facts that its workers reported last; None before one trial has finished.
    facts: Facts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedValue:
    """A figure of one subject. Rates in tasks/s, times in seconds, memory in bytes; None until a trial has finished."""

    value: Interval | None
    #: The value over the first subject's, and what follows; None for the first one and where a value is missing.
    ratio: Interval | None
    call: Call | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedMeasure:
    """A figure of every subject, in their order."""

    measure: Measure
    subjects: tuple[ComparedValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """Something about every subject that may explain a difference: what was asked for, where and how it ran."""

    about: About
    #: `workload` or a parameter of it; else a field of Cell, Experiment, Fingerprint or Facts, `finished` or `node`.
    name: str
    #: By subject: every value it has (its nodes may differ), none where it has no such thing.
    values: tuple[tuple[Value | None, ...], ...]
    #: Whether subjects differ in it.
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Cells side by side: figures, traits and differences."""

    subjects: tuple[Subject, ...]
    measures: tuple[ComparedMeasure, ...]
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A cell that can be compared: it has figures."""

    choice: Choice
    model: Model
    throughput: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The cells of an experiment that can be compared."""

    experiment: Experiment
    cells: tuple[Offered, ...]
