"""The reference loop: what the cores of a node are worth to bare Python processes, without Celery."""

from __future__ import annotations

from dataclasses import dataclass

from services.core.units import Rate, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Rates of a fixed pure-Python loop on one node, measured before the first trial of a block there."""

    node: str
    #: 0-based repeat of the experiment.
    block: int
    #: Usable cores of the node, and this number rounded up: the processes of `several`.
    cores: float
    processes: int
    #: Loop passes per second of one process, and of all processes together; None: not measured.
    one: Rate | None = None
    several: Rate | None = None
    #: Why it was not measured; empty if it was.
    missing: str = ""
    #: From the order to the answer, as the conductor saw it.
    elapsed: Seconds = 0.0

    @property
    def speedup(self) -> float | None:
        """Rate of all processes over that of one; None if not measured."""
        return None if self.one is None or self.several is None else self.several / self.one


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceOrder:
    """The conductor's order to measure the loop."""

    #: Lease that the conductor holds while it waits for the answer.
    lease: str
    block: int
