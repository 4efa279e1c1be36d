"""What quick, standard and thorough stand for."""

from __future__ import annotations

from dataclasses import dataclass

from services.core.experiment import Effort
from services.core.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an effort sets."""

    #: Repeats when the request names none.
    repeats: int
    #: Shortest saturate window.
    window: Seconds
    #: Tasks of the ping phase.
    pings: int


TERMS = {
    Effort.QUICK: Terms(repeats=3, window=1.0, pings=20),
    Effort.STANDARD: Terms(repeats=5, window=2.0, pings=50),
    Effort.THOROUGH: Terms(repeats=10, window=5.0, pings=100),
}
