"""Amdahl's law and the Universal Scalability Law, fitted to throughput over concurrency.

Both are X(N) = λN / (1 + σ(N - 1) + κN(N - 1)): Gunther 2007, "Guerrilla Capacity Planning", chapter 4, scaled by the
rate λ of one slot; with κ = 0 it is λ times the speed-up 1 / (s + (1 - s) / N) of Amdahl 1967, AFIPS 30, 483-485, with
the serial share s = σ. The time that a slot spends on a task, N / X = (1 - σ)/λ + σ/λ N + κ/λ N(N - 1), is linear in
three parameters none of which is below 0: so there is one best fit within 0 <= σ <= 1 and 0 <= κ, and it needs no first
guess. Gunther's own way to it, chapter 5, linearises too, but takes the measured X(1) for λ and so trusts it alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from services.analysis.across import regression
from services.analysis.across.regression import Fitted, Points
from services.core.findings import FURTHEST, Fit
from services.core.quantities import percent
from services.core.summary import Interval
from services.core.units import Rate, Seconds

#: Fewest concurrencies: a curve with three parameters goes through any three.
FEWEST: Final = 4
#: A law is refused when it explains less of the variance, and
LEAST_R_SQUARED: Final = 0.9
#: misses the cells' medians by more. Both: throughput that hardly depends on concurrency (threads and a GIL) has no
#: variance to explain, and follows the law all the same.
MOST_DEVIATION: Final = 0.05
#: Throughput of a slot at the highest concurrency over that at the lowest: from here on neither law can be meant.
SUPERLINEAR: Final = 1.1

#: The parameters of each law, as many as it has columns in the design, and what it is called.
PARAMETERS: Final = {"amdahl": ("rate", "serial"), "usl": ("rate", "contention", "coherency")}
NAMES: Final = {"amdahl": "Amdahl's law", "usl": "The USL"}
#: Keeps a law that would have a single slot do its task in no time finite, until it is refused.
SHORTEST: Final[Seconds] = 1e-12

_Floats: TypeAlias = NDArray[np.float64]


def fits(trials: Sequence[tuple[int, Rate, int]]) -> tuple[tuple[Fit, ...], str]:
    """Return the laws that hold, and why others are refused; `trials` are (concurrency, throughput, block)."""
    concurrencies = len({concurrency for concurrency, _, _ in trials})
    if concurrencies < FEWEST:
        measured = "1 concurrency was" if concurrencies == 1 else f"{concurrencies} concurrencies were"
        return (), f"{measured} measured: a law needs at least {FEWEST}."
    points = Points.of([(slots, slots / rate, block) for slots, rate, block in trials])
    per_slot = 1 / points.medians
    if (gain := float(per_slot[-1] / per_slot[0])) > SUPERLINEAR:
        return (), (
            f"Scaling is superlinear ({gain:.2f} times the throughput per slot at {points.places[-1]:.0f} slots as at "
            f"{points.places[0]:.0f}); neither law models that, so no fit is shown."
        )
    found = {law: _fit(law, points) for law in PARAMETERS}
    reasons = {law: _refusal(one) for law, one in found.items()}
    return tuple(one for law, one in found.items() if not reasons[law]), " ".join(filter(None, reasons.values()))


def _refusal(found: Fit) -> str:
    """Why the law does not hold; empty if it does."""
    if found.parameters["rate"].estimate * SHORTEST >= 1:
        return f"{NAMES[found.law]} does not fit: a single slot would have to do its task in no time."
    if found.r_squared >= LEAST_R_SQUARED or found.deviation <= MOST_DEVIATION:
        return ""
    return (
        f"{NAMES[found.law]} does not fit: it misses the measured throughput by {percent(found.deviation)} "
        f"and explains {percent(found.r_squared)} of its variance."
    )


def _fit(law: str, points: Points) -> Fit:
    names = PARAMETERS[law]
    fitted = regression.fit(points, _design(points.at)[:, : len(names)], positive=True)
    found = zip(names, _parameters(fitted.estimate), _parameters(fitted.draws), strict=True)
    parameters = {name: fitted.interval(float(estimate), draws) for name, estimate, draws in found}
    predicted = _throughput(fitted, points.at)
    peak = _peak(parameters, furthest=FURTHEST * float(points.places[-1]))
    return Fit(
        law=law,
        parameters=parameters,
        r_squared=regression.explained(points.at / points.target, predicted, np.ones_like(predicted)),
        deviation=regression.deviation(points.places / points.medians, _throughput(fitted, points.places)),
        peak=peak,
        peak_rate=None if peak is None else float(_throughput(fitted, np.array([peak]))[0]),
    )


def _design(concurrency: _Floats) -> _Floats:
    return np.stack((np.ones_like(concurrency), concurrency, concurrency * (concurrency - 1)), axis=-1)


def _parameters(linear: _Floats) -> list[_Floats]:
    """Return λ, σ and, if it is there, κ from (1 - σ)/λ, σ/λ and κ/λ."""
    one_slot = np.maximum(linear[..., 0] + linear[..., 1], SHORTEST)
    return [1 / one_slot, *(linear[..., column] / one_slot for column in range(1, linear.shape[-1]))]


def _peak(parameters: Mapping[str, Interval], *, furthest: float) -> float | None:
    """N* = sqrt((1 - σ) / κ), Gunther chapter 4, one slot at the least; None where κ may be 0, or beyond `furthest`."""
    coherency = parameters.get("coherency")
    if coherency is None or coherency.estimate == 0 or coherency.low == 0:
        return None
    peak = max(1.0, math.sqrt((1 - parameters["contention"].estimate) / coherency.estimate))
    return peak if peak <= furthest else None


def _throughput(fitted: Fitted, concurrency: _Floats) -> _Floats:
    slot_time: _Floats = _design(concurrency)[:, : len(fitted.estimate)] @ fitted.estimate
    return concurrency / np.maximum(slot_time, SHORTEST)


def predicted(fit: Fit, slots: float) -> Rate:
    """Return the throughput that a fitted law gives for so many slots.

    X(N) = λN / (1 + σ(N - 1) + κN(N - 1)); for Amdahl's law σ is the serial share, and κ is 0.
    """
    known = {name: value.estimate for name, value in fit.parameters.items()}
    contention, coherency = known.get("contention", known.get("serial", 0.0)), known.get("coherency", 0.0)
    return known["rate"] * slots / (1 + contention * (slots - 1) + coherency * slots * (slots - 1))
