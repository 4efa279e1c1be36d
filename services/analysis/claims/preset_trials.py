"""The trials of one preset, as the rules of the claims read them, and the comparisons that rules share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.analysis.cells.by_block import Pick, ratio, series
from services.core.claims import Judged, Standing
from services.core.figures import Figures
from services.core.findings import SlotMemory
from services.core.models import Model
from services.core.quantities import number
from services.core.summary import Interval
from services.core.trial import TrialResult
from services.core.units import Value

#: Fewest cores on which work runs in parallel.
TWO = 2


class Missing(Exception):
    """A trial that a rule needs is missing or has no figures; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetTrials:
    """The trials of one preset, with the findings that rules need."""

    results: Sequence[TrialResult]
    #: Cores that the nodes of a trial can use together.
    cores: float
    #: Memory per slot by model, where two concurrencies were measured.
    slot_memory: Mapping[Model, SlotMemory]

    def of(self, model: Model, concurrency: int | None = None, **variant: Value) -> tuple[TrialResult, ...]:
        """Return the trials of one cell, finished or not; by default at the largest concurrency. Raises Missing."""
        found = [
            one
            for one in self.results
            if one.trial.cell.model is model and variant.items() <= one.trial.cell.params.items()
        ]
        if not found:
            raise Missing(f"no trial of {model}")
        wanted = max(one.trial.cell.concurrency for one in found) if concurrency is None else concurrency
        chosen = tuple(one for one in found if one.trial.cell.concurrency == wanted)
        if not chosen:
            raise Missing(f"no trial of {model}@{wanted}")
        return chosen

    def several_cores(self) -> None:
        """Raise Missing if fewer than two cores are usable: then no model runs in parallel."""
        if self.cores < TWO:
            raise Missing(f"this needs {TWO} usable cores, not {self.cores:g}")

    def each(self, pick: Pick, model: Model, concurrency: int | None = None, **variant: Value) -> dict[int, float]:
        """Return a figure of the finished trials of one cell, by repeat. Raises Missing."""
        trials = self.of(model, concurrency, **variant)
        found = series(trials, pick)
        if not found:
            raise Missing(f"{trials[-1].trial.cell.name}: {trials[-1].failure}")
        return found


def throughput(figures: Figures) -> float:
    """Return the tasks per second."""
    return figures.throughput


def over(a: Mapping[int, float], b: Mapping[int, float]) -> Interval:
    """Return the ratio of `a` to `b`, both by repeat. Raises Missing for a figure of 0: it has no ratio."""
    found = ratio(a, b)
    if found is None:
        raise Missing("a figure is 0, so there is no ratio")
    return found


def above(value: Interval, bound: float) -> Standing:
    """Return HOLDS if the whole interval is above the bound, FAILS if it is below, else CLOSE."""
    if value.bounds is None:
        return Standing.CLOSE
    low, high = value.bounds
    if low > bound:
        return Standing.HOLDS
    return Standing.FAILS if high < bound else Standing.CLOSE


def below(value: Interval, bound: float) -> Standing:
    """Return HOLDS if the whole interval is below the bound, FAILS if it is above, else CLOSE."""
    turned = {Standing.HOLDS: Standing.FAILS, Standing.FAILS: Standing.HOLDS}
    standing = above(value, bound)
    return turned.get(standing, standing)


def together(*standings: Standing) -> Standing:
    """Return the standing of a claim with several parts: it holds if all parts hold, and fails if one fails."""
    if Standing.FAILS in standings:
        return Standing.FAILS
    return Standing.HOLDS if set(standings) == {Standing.HOLDS} else Standing.CLOSE


def judged(standing: Standing, found: str) -> Judged:
    """Return the result of a rule."""
    return Judged(standing=standing, result=found)


def times(value: Interval) -> str:
    """Return a ratio as text: `1.90 times (1.85 to 1.94)`."""
    return f"{number(value.estimate)} times{_bounds(value)}"


def timed(value: Interval) -> str:
    """Return a time in a suitable unit: `83 µs (80 to 85)`."""
    unit, factor = next(
        (pair for pair in (("s", 1.0), ("ms", 1e3)) if value.estimate * pair[1] >= 1),
        ("µs", 1e6),
    )
    return f"{number(value.estimate * factor)} {unit}{_bounds(value.scaled(factor))}"


def _bounds(value: Interval) -> str:
    return "" if value.bounds is None else f" ({' to '.join(map(number, value.bounds))})"
