"""A rule behind a warning, and the data that it judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.analysis.usable_cores import by_host
from services.core.environment import Environment, Fingerprint
from services.core.experiment import Cell
from services.core.figures import Figures
from services.core.trial import TrialResult
from services.core.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTrials:
    """One cell and everything known about its trials."""

    cell: Cell
    #: Trials that ended, in the order of the plan.
    results: Sequence[TrialResult]
    #: Shortest window that the effort asks for.
    window: Seconds
    environment: Environment
    #: Whether trials of this cell are still to come.
    unfinished: bool

    @property
    def figures(self) -> tuple[Figures, ...]:
        """Figures of the finished trials."""
        return tuple(result.figures for result in self.results if result.figures is not None)

    @property
    def slots(self) -> int:
        """Slots of all replicas together."""
        return self.cell.concurrency * self.cell.replicas

    def hosts(self, result: TrialResult) -> tuple[tuple[Fingerprint, ...], ...]:
        """Return the nodes of a trial by host; empty if the environment lacks one of them."""
        known = {node.name: node for node in self.environment.nodes}
        if not set(result.nodes) <= known.keys():
            return ()
        return by_host(known[name] for name in result.nodes)


#: Values for the placeholders of a rule's text; None if there is no warning.
Found: TypeAlias = Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A warning: its condition, its text with placeholders, and its remedy."""

    find: Callable[[CellTrials], Found]
    text: str
    remedy: str
    #: For a validity warning: the clause that a headline begins with, with the same placeholders; else empty.
    doubt: str = ""
