"""Claims of textbooks about concurrency, and their results on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.core.experiment import State
from services.core.report import Progress


class Standing(StrEnum):
    """The result of judging a claim. Each answer exists twice: on a quiet machine, and on one that was busy."""

    HOLDS = "holds"
    HOLDS_BUSY = "holds, but the machine was busy"
    FAILS = "does not hold"
    FAILS_BUSY = "does not hold, but the machine was busy"
    CLOSE = "too close to call"
    CLOSE_BUSY = "too close to call, and the machine was busy"
    #: No measurement yet, only part of it, or one that is not reliable.
    OPEN = "not measured"

    @property
    def quiet(self) -> Standing:
        """The same answer without the doubt."""
        return _QUIET.get(self, self)

    @property
    def busy(self) -> Standing:
        """The same answer with the doubt; an open claim stays open."""
        return next((busy for busy, quiet in _QUIET.items() if quiet is self), self)


_QUIET: Final = {
    Standing.HOLDS_BUSY: Standing.HOLDS,
    Standing.FAILS_BUSY: Standing.FAILS,
    Standing.CLOSE_BUSY: Standing.CLOSE,
}


class Topic(StrEnum):
    """The subject of a claim."""

    THREADS = "threads"
    PROCESSES = "processes"
    SEQUENTIAL = "sequential"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedLine:
    """The part of a claim that rests on one of its experiments."""

    #: Name of the preset: `waiting`, `HTTP`, `files`.
    preset: str
    standing: Standing
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A claim held against measured trials."""

    standing: Standing
    #: The figure in a sentence, or why there is none.
    result: str
    #: One line per experiment, for a claim that rests on several; empty otherwise.
    lines: tuple[JudgedLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement, with the experiment that tests it."""

    #: Names it in addresses and on the command line.
    name: str
    topic: Topic
    #: The statement.
    statement: str
    #: Why it should be so.
    why: str
    #: When it counts as holding, in words.
    rule: str
    #: The experiments whose trials it is judged by; some serve several claims.
    presets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimExperiment:
    """An experiment that a claim is judged by."""

    preset: str
    id: str
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReport:
    """A claim and its current result in this lab."""

    claim: Claim
    judged: Judged
    #: Per preset the last experiment that was not cancelled, or the last one if all were. Presets that were never
    #: measured are left out.
    experiments: tuple[ClaimExperiment, ...] = ()
    #: `running` or `queued` while one of them is, else the least good end of them; None without an experiment.
    state: State | None = None
    #: Trials of all of them together; None without an experiment.
    progress: Progress | None = None
