"""The contract of a rule that finds what limits a cell, and the figures that it compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.analysis.answer.ceilings import body_cpu, holds_gil
from services.analysis.answer.readings import CellReading, one_slot
from services.core.advice import Evidence, Limit, Sign
from services.core.units import Bytes

_UNITS: Final = {
    Sign.CORES_USED: "cores",
    Sign.CORES_USABLE: "cores",
    Sign.CORES_OF_OTHERS: "cores",
    Sign.CORES_WAITED_FOR: "cores",
    Sign.LAG: "s",
    Sign.SLOWDOWN: "",
    Sign.OVER_ONE_SLOT: "",
}


#: Least share of slots with a task for which slots are what is short, and most for which they stand empty.
BUSY: Final = 0.7
#: Least share of the time in the slot off the core for which a task waits.
OFF_CORE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule found out about one cell. A sentence names the cell and its figures."""

    limit: Limit
    text: str
    remedy: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantReadings:
    """The cells that do the same work."""

    cells: Sequence[CellReading]
    #: Smallest memory limit of the nodes; 0: not known.
    memory_limit: Bytes = 0

    @property
    def alone(self) -> CellReading | None:
        """The cell with one slot that others are compared with."""
        return one_slot(self.cells)

    @property
    def waits(self) -> bool:
        """Whether a task in one slot is off the core for most of the time, and not because the core is taken."""
        alone = self.alone
        return alone is not None and alone.off_core is not None and alone.off_core >= OFF_CORE

    def one_slot_of(self, one: CellReading) -> CellReading | None:
        """Return the cell of the same model with one slot, else that of any model."""
        alike = [each for each in self.cells if each.model is one.model]
        return one_slot(alike) or self.alone

    def slowdown(self, one: CellReading) -> float | None:
        """Return the time in the slot, without the wait for a core, over that in one slot; None where not known."""
        alone = self.one_slot_of(one)
        if alone is None or alone.slots == one.slots:
            return None
        return (one.held - one.waited_for_core) / (alone.held - alone.waited_for_core)

    def over_one_slot(self, one: CellReading) -> float | None:
        """Return the throughput over that of one slot; None where it is not known."""
        alone = self.one_slot_of(one)
        return None if alone is None or alone.slots == one.slots else one.rate / alone.rate

    def holds_gil(self, one: CellReading) -> bool:
        """Return whether no cell of its model used more than one core per process, with the GIL on."""
        return holds_gil(one, self.cells)

    @property
    def body_cpu(self) -> float | None:
        """The share of the worker's CPU time that the body takes in one slot; None where it is not known."""
        return body_cpu(self.cells)


def evidence(one: CellReading, **figures: float) -> tuple[Evidence, ...]:
    """Return figures of a cell, each by the name of its `Sign` in lower case."""
    found = ((Sign[name.upper()], value) for name, value in figures.items())
    return tuple(Evidence(cell=one.name, sign=sign, value=value, unit=_UNITS.get(sign, "%")) for sign, value in found)
