"""Compare rules for many cells by their false-positive rate and power, on simulated experiments.

Equal cells first, then the same experiment with one cell slowed by 10 %. `pairs` is the bootstrap interval of each
pair, as if it were the only one; `pooled` and `own` are the studentised range with the variance of all cells or of the
pair alone; `lab` is what the lab does: the pair's variance, shrunk towards the pooled one. Nothing is measured:
`grid`, `aa` and `planted` do the same on real trials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, log
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.outcome import BenchmarkResult, Bound, TextTable, command, say
from services.analysis.across import blocks
from services.analysis.across.ranking import answer
from services.analysis.cells import intervals
from services.core.report import Answer

MOST, LEAST = 0.05, 0.90
#: Highest rate that passes in a single setting: 5 % and three standard errors of `DRAWS` experiments.
MOST_ANYWHERE = 0.09
CELLS, REPEATS = (4, 8, 12), (3, 5, 7, 10)
DRAWS, QUICK_DRAWS = 300, 20
SCATTER, DRIFT = 0.03, 0.02
SLOWED: Final = 1

_Floats: TypeAlias = NDArray[np.float64]
Rates: TypeAlias = dict[str, dict[int, float]]
#: The cells that a rule ranks below the fastest.
Rule: TypeAlias = Callable[[Rates], set[str]]


def _normal(source: np.random.Generator, cells: int, repeats: int) -> _Floats:
    return source.normal(0, SCATTER, (cells, repeats))


def _heavy(source: np.random.Generator, cells: int, repeats: int) -> _Floats:
    """Draw from Student's t with 3 degrees of freedom."""
    return np.asarray(source.standard_t(3, (cells, repeats)) * SCATTER / np.sqrt(3), dtype=np.float64)


def _uneven(source: np.random.Generator, cells: int, repeats: int) -> _Floats:
    """Draw noise that is three times as large in every other cell."""
    scatter = np.where(np.arange(cells) % 2, 1.34 * SCATTER, 0.45 * SCATTER)
    return source.normal(0, 1, (cells, repeats)) * scatter[:, None]


KINDS: Final[Mapping[str, Callable[[np.random.Generator, int, int], _Floats]]] = {
    "normal": _normal,
    "heavy tails": _heavy,
    "uneven": _uneven,
}


def _pairs(rates: Rates) -> set[str]:
    order = sorted(rates, key=lambda name: -float(np.median(list(rates[name].values()))))
    return {name for name in order[1:] if answer(intervals.ratio(rates[name], rates[order[0]])) is Answer.DIFFERS}


def _family(prior: float) -> Rule:
    def rule(rates: Rates) -> set[str]:
        family = blocks.family(rates, prior=prior)
        first = family.order[0]
        return {name for name in family.order[1:] if answer(family.ratio(name, first)) is Answer.DIFFERS}

    return rule


RULES: Final[Mapping[str, Rule]] = {
    "pairs": _pairs,
    "pooled": _family(inf),
    "own": _family(0.0),
    "lab": _family(blocks.PRIOR),
}


def measure(quick: bool) -> BenchmarkResult:
    """Simulate every kind of scatter, number of cells and number of repeats."""
    draws = QUICK_DRAWS if quick else DRAWS
    settings = [(kind, cells, repeats) for kind in KINDS for cells in CELLS for repeats in REPEATS]
    found = {setting: _found(*setting, draws) for setting in settings}
    even = [setting for setting in settings if setting[0] != "uneven"]
    false = {setting: found[setting]["lab"][0] for setting in even}
    power = {setting: found[setting]["lab"][1] for setting in even if setting[2] in (5, 7)}
    mean, worst = float(np.mean(list(false.values()))), max(false.values())
    bias, unselected = _bias(draws)
    return BenchmarkResult(
        tables=(
            TextTable(
                headings=("scatter", "cells", "repeats", *RULES),
                rows=tuple(
                    (kind, str(cells), str(repeats), *(f"{100 * error:.0f}/{100 * hit:.0f}" for error, hit in row))
                    for (kind, cells, repeats), each in found.items()
                    for row in [[each[name] for name in RULES]]
                ),
            ),
        ),
        bounds=(
            Bound(
                claim=f"some equal cell is told apart in at most {MOST:.0%} of experiments",
                found=f"{mean:.1%}",
                holds=mean <= MOST,
            ),
            Bound(
                claim=f"in no setting in more than {MOST_ANYWHERE:.0%}",
                found=f"{worst:.1%}",
                holds=worst <= MOST_ANYWHERE,
            ),
            Bound(
                claim=f"10 % slower is found in at least {LEAST:.0%} of experiments with 5 or 7 repeats",
                found=f"{min(power.values()):.1%}",
                holds=min(power.values()) >= LEAST,
            ),
            Bound(
                claim="the lead of the best of 8 is inflated by at most 0.5 %",
                found=f"{unselected:+.1%}, {bias:+.1%} on the blocks it was chosen on",
                holds=abs(unselected) <= 0.005,
            ),
        ),
        figures={" ".join(map(str, setting)): each for setting, each in found.items()},
        notes=(
            f"Per cent of {draws} experiments: some equal cell told apart / the slowed cell told apart. Standard "
            f"deviation {SCATTER:.0%} per trial, {DRIFT:.0%} per block. The bounds leave out uneven scatter.",
        ),
    )


def _found(kind: str, cells: int, repeats: int, draws: int) -> dict[str, tuple[float, float]]:
    """Return per rule the shares of experiments with a false difference and with the slowed cell found."""
    say(f"{kind}, {cells} cells, {repeats} repeats")
    source = np.random.default_rng([cells, repeats, *map(ord, kind)])
    false, hits = dict.fromkeys(RULES, 0), dict.fromkeys(RULES, 0)
    for _ in range(draws):
        logs = KINDS[kind](source, cells, repeats) + source.normal(0, DRIFT, repeats)
        slowed = logs.copy()
        slowed[SLOWED] += log(0.9)
        for name, rule in RULES.items():
            false[name] += bool(rule(_rates(logs)))
            hits[name] += str(SLOWED) in rule(_rates(slowed))
    return {name: (false[name] / draws, hits[name] / draws) for name in RULES}


def _bias(draws: int) -> tuple[float, float]:
    """Return the mean log lead of the best of 8 equal cells over a ninth, on all blocks and on held-out blocks."""
    source = np.random.default_rng(8)
    naive, unselected = [], []
    for _ in range(draws):
        rates = _rates(_normal(source, 9, 5) + source.normal(0, DRIFT, 5))
        family = blocks.family(rates)
        first = next(name for name in family.order if name != "8")
        naive.append(log(family.ratio(first, "8").estimate))
        unselected.append(log(blocks.unselected(rates, "8") or 1.0))
    return float(np.mean(naive)), float(np.mean(unselected))


def _rates(logs: _Floats) -> Rates:
    return {
        str(cell): {block: float(np.exp(value)) for block, value in enumerate(row)} for cell, row in enumerate(logs)
    }


if __name__ == "__main__":
    command("families", __doc__ or "", measure)
