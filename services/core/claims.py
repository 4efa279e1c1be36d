"""A statement about concurrency that every textbook makes, and what this machine says of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.core.experiment import State
from services.core.report import Progress


class Standing(StrEnum):
    """What the measurement says of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    CLOSE = "too close to call"
    #: Nothing to judge by yet.
    OPEN = "not measured"


class Topic(StrEnum):
    """What a claim is about."""

    THREADS = "threads"
    PROCESSES = "processes"
    SEQUENTIAL = "sequential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A claim held against measured trials."""

    standing: Standing
    #: The figure in a sentence, or why there is none.
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement, with the experiment that tests it."""

    #: Names it in addresses and on the command line.
    name: str
    topic: Topic
    #: The statement.
    says: str
    #: Why it should be so.
    why: str
    #: When it counts as holding, in words.
    rule: str
    #: The experiment whose trials it is judged by; some serve several claims.
    preset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReport:
    """A claim and where it stands in this lab."""

    claim: Claim
    judged: Judged
    #: The last experiment of its preset that was not cancelled, or the last where all were; all None if there is none.
    experiment: str | None = None
    state: State | None = None
    progress: Progress | None = None
