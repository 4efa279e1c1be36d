"""Scatter of throughput between trials of one cell: outliers, and the residual scatter within blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

import numpy as np

from services.core.trial import TrialResult

#: Assumed where too few trials are known.
DEFAULT: Final = 0.03
#: Fewest degrees of freedom for which the measured scatter is used instead of DEFAULT.
FEWEST: Final = 6
#: Fewest trials among which an outlier can be recognised.
FEWEST_TRIALS: Final = 5
#: Modified z-score from which a value is an outlier, and the factor that makes the MAD a standard deviation of a
#: normal distribution: Iglewicz & Hoaglin 1993, "How to detect and handle outliers", section 3.3.
LARGEST_SCORE: Final = 3.5
NORMAL: Final = 0.6745


@dataclass(frozen=True, slots=True, kw_only=True)
class Residuals:
    """Squares of the residuals of log throughput in a two-way layout (cells, blocks), with their degrees of freedom."""

    squares: float = 0.0
    freedom: int = 0


def outliers(values: Sequence[float]) -> tuple[bool, ...]:
    """Return for each value whether it is an outlier among all. Outliers are flagged, never dropped."""
    if len(values) < FEWEST_TRIALS:
        return (False,) * len(values)
    away = np.abs(np.asarray(values) - np.median(values))
    spread = float(np.median(away))
    if spread == 0:
        return (False,) * len(values)
    return tuple(bool(score > LARGEST_SCORE) for score in NORMAL * away / spread)


def residuals(results: Iterable[TrialResult]) -> Residuals:
    """Sum those of one experiment over its variants; only blocks in which every cell finished count."""
    variants: dict[str, dict[str, dict[int, float]]] = {}
    for result in results:
        cell = result.trial.cell
        if result.figures is None or cell.rate is not None or result.figures.throughput <= 0:
            continue
        cells = variants.setdefault(repr(sorted(cell.variant.items())), {})
        cells.setdefault(cell.name, {})[result.trial.repeat] = log(result.figures.throughput)
    found = [_of_variant(list(cells.values())) for cells in variants.values()]
    return Residuals(squares=sum(one.squares for one in found), freedom=sum(one.freedom for one in found))


def pooled(experiments: Iterable[Residuals]) -> float | None:
    """Return the standard deviation over the experiments together; None where they are too few to rely on."""
    known = tuple(experiments)
    freedom = sum(one.freedom for one in known)
    return sqrt(sum(one.squares for one in known) / freedom) if freedom >= FEWEST else None


def _of_variant(cells: Sequence[dict[int, float]]) -> Residuals:
    blocks = sorted(set.intersection(*(set(cell) for cell in cells)))
    if len(blocks) < 2:
        return Residuals()
    logs = np.array([[cell[block] for block in blocks] for cell in cells])
    rest = logs - logs.mean(axis=1, keepdims=True)
    if len(cells) > 1:
        rest = rest - rest.mean(axis=0, keepdims=True)
    freedom = (len(blocks) - 1) * max(1, len(cells) - 1)
    return Residuals(squares=float((rest**2).sum()), freedom=freedom)
