"""The settings of quick, standard and thorough."""

from __future__ import annotations

from dataclasses import dataclass

from services.core.experiment import Effort
from services.core.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortSettings:
    """The settings of an effort."""

    #: Repeats when the request names none, and how many there are at the most while intervals are wide.
    repeats: int
    most_repeats: int
    #: Shortest saturate window.
    window: Seconds
    #: Tasks of the ping phase.
    pings: int
    #: Seconds after which no block is added when the request names no budget; None where none ever is.
    budget: Seconds | None = None


TERMS = {
    Effort.QUICK: EffortSettings(repeats=3, most_repeats=3, window=1.0, pings=20),
    Effort.STANDARD: EffortSettings(repeats=5, most_repeats=15, window=2.0, pings=50, budget=600.0),
    Effort.THOROUGH: EffortSettings(repeats=10, most_repeats=10, window=5.0, pings=100),
}

#: Half the width of every throughput interval over its median: narrow enough to add no block.
NARROW = 0.05
