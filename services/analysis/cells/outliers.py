"""Trials far from the others of their cell: flagged, never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

#: Fewer values say nothing about which of them is off.
FEWEST: Final = 5
#: Modified z-score from which a value is an outlier, and the factor that makes the MAD a standard deviation of a
#: normal distribution: Iglewicz & Hoaglin 1993, "How to detect and handle outliers", section 3.3.
LARGEST_SCORE: Final = 3.5
NORMAL: Final = 0.6745


def flags(values: Sequence[float]) -> tuple[bool, ...]:
    """Whether each value is an outlier among all."""
    if len(values) < FEWEST:
        return (False,) * len(values)
    away = np.abs(np.asarray(values) - np.median(values))
    spread = float(np.median(away))
    if spread == 0:
        return (False,) * len(values)
    return tuple(bool(score > LARGEST_SCORE) for score in NORMAL * away / spread)
