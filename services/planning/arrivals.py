"""When to send tasks at a planned rate."""

from __future__ import annotations

import math
import random

from services.core.experiment import Arrivals
from services.core.units import Rate, Seconds


def schedule(rate: Rate, window: Seconds, fewest: int, arrivals: Arrivals, seed: str) -> tuple[Seconds, ...]:
    """Times after the first, which is 0, in order, until they fill `window` and are `fewest`.

    Evenly spaced, or a Poisson process by its exponential gaps; the same seed gives the same times.
    """
    if arrivals is Arrivals.CONSTANT:
        # Multiples, not sums, which would drift.
        return tuple(place / rate for place in range(max(fewest, math.ceil(rate * window) + 1)))
    source = random.Random(seed)
    times = [0.0]
    while times[-1] < window or len(times) < fewest:
        times.append(times[-1] + source.expovariate(rate))
    return tuple(times)
