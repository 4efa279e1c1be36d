"""How much memory the measured workers of a plan will take, from what the workload declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.core.experiment import Cell
from services.core.units import Bytes
from workloads.contract import Workload

MIB: Final = 2**20
#: Memory of a measured worker before its first slot.
WORKER: Final[Bytes] = 48 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryNeed:
    """The largest need for memory in a plan."""

    cell: Cell
    #: Predicted for each node that takes part in a trial of that cell.
    memory: Bytes
    #: Part of it that every slot adds.
    per_slot: Bytes

    def slots(self, limit: Bytes) -> int:
        """Return the most slots whose prediction stays within `limit`."""
        return max(0, int((limit - WORKER) // self.per_slot)) if self.per_slot else self.cell.concurrency


def need(cells: Iterable[Cell], workload: Workload) -> MemoryNeed:
    """Return the cell that needs most on one node."""
    return max((_need(cell, workload) for cell in cells), key=lambda one: one.memory)


def _need(cell: Cell, workload: Workload) -> MemoryNeed:
    per_slot = cell.model.traits.slot_memory + round(workload.cost(**cell.params).memory)
    return MemoryNeed(cell=cell, memory=WORKER + cell.concurrency * per_slot, per_slot=per_slot)
