"""What the rules behind the warnings judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.analysis.trial.hosts import by_host
from services.core.environment import Environment, Fingerprint
from services.core.experiment import Cell
from services.core.figures import Figures
from services.core.trial import TrialResult
from services.core.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEvidence:
    """What the rules judge: one cell and all that is known of its trials."""

    cell: Cell
    #: Trials that ended, in the order of the plan.
    results: Sequence[TrialResult]
    #: Shortest window the effort asks for.
    window: Seconds
    environment: Environment
    #: Whether trials of this cell are still to come.
    unfinished: bool

    @property
    def figures(self) -> tuple[Figures, ...]:
        """Of the finished trials."""
        return tuple(result.figures for result in self.results if result.figures is not None)

    def hosts(self, result: TrialResult) -> tuple[tuple[Fingerprint, ...], ...]:
        """The nodes of a trial, host by host; nothing when one of them is not known."""
        known = {node.name: node for node in self.environment.nodes}
        if not set(result.nodes) <= known.keys():
            return ()
        return by_host(known[name] for name in result.nodes)


#: What a rule found, by the names that its text uses; None when all is well.
Found: TypeAlias = Mapping[str, object] | None


def counted(number: int, noun: str) -> str:
    """`1 task`, `2 tasks`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
