"""Hand-made rates of the reference loop."""

from __future__ import annotations

from services.core.reference_loop import Reference


def reference(
    speedup: float = 2, *, node: str = "a", block: int = 0, one: float = 100, cores: float = 2, processes: int = 2
) -> Reference:
    """The loop in one process, `one` passes/s, and in `processes`, `speedup` times as many."""
    return Reference(node=node, block=block, cores=cores, processes=processes, one=one, several=speedup * one)
