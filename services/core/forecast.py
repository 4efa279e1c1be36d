"""Estimates for an experiment before it runs."""

from __future__ import annotations

from dataclasses import dataclass

from services.core.units import Bytes, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Size, length, memory and resolution of an experiment, estimated: right to an order of magnitude."""

    cells: int
    repeats: int
    #: Blocks that may be added while intervals are wide end here.
    most_repeats: int
    trials: int
    #: Length of the blocks that run in any case.
    seconds: Seconds
    #: Whether earlier trials of this workload are behind the length, not only what the workload declares.
    measured_before: bool
    #: Largest predicted memory on one node, and the cell that needs it.
    memory: Bytes
    memory_cell: str
    #: Memory of the smallest node; None while no node is known.
    memory_limit: Bytes | None
    #: Why the user should confirm before it runs; empty when there is nothing to confirm.
    confirm: str
    #: Smallest difference in throughput that will probably be seen (0.09: 9 %); None where no two cells are compared.
    difference: float | None
    #: Standard deviation of throughput between trials of a cell, and the number of earlier experiments it was pooled
    #: from; 0 for the default.
    scatter: float
    scatter_from: int
    #: The same in sentences.
    lines: tuple[str, ...]
