"""Count the differences that the lab finds in experiments made of real trials in other orders. Pure.

Everything that decides is the lab's own: how many blocks an effort runs, when it adds one, and the verdict.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from scipy.stats import binomtest

from services.analysis import report
from services.analysis.across import ranking
from services.conductor.stopping import enough
from services.core.environment import Environment
from services.core.experiment import Cell, Effort, Experiment, Plan, Record, State, Trial
from services.core.report import Report
from services.core.trial import TrialResult
from services.planning.effort import TERMS

#: One trial of each cell, in the order of the cells, measured one after another.
Block: TypeAlias = tuple[TrialResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """How many of all experiments found a difference."""

    found: int
    of: int

    @property
    def rate(self) -> float:
        """Return the share; 0 without experiments."""
        return self.found / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the rate of independent experiments (Clopper & Pearson 1934, Biometrika 26)."""
        if not self.of:
            return 0.0, 1.0
        bounds = binomtest(self.found, self.of).proportion_ci(0.95, method="exact")
        return float(bounds.low), float(bounds.high)

    def __add__(self, other: Calls) -> Calls:
        return Calls(found=self.found + other.found, of=self.of + other.of)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.found} of {self.of}: {self.rate:.1%} ({low:.1%} to {high:.1%})"


def slower(of: Report) -> frozenset[str]:
    """Return the cells that the lab distinguishes from the fastest.

    Cells that differ in a parameter are variants, which the lab does not compare: here they are ranked as the cells of
    one variant are.
    """
    return frozenset(ranked.cell for ranked in ranking.verdict({}, of.cells, ended=True).ranking if ranked.rank > 1)


def draw(blocks: Sequence[Block], most: int, source: random.Random, *, equal: int) -> list[Block]:
    """Return `most` neighbouring blocks from a random place, in random order: drift within minutes stays in.

    The trials of the first `equal` cells of each block change places at random. Where these cells are equal that is
    another experiment just as likely (a permutation null: Fisher 1935, "The design of experiments").
    """
    first = source.randrange(max(0, len(blocks) - most) + 1)
    drawn = [(*source.sample(block[:equal], equal), *block[equal:]) for block in blocks[first : first + most]]
    source.shuffle(drawn)
    return drawn


def judged(blocks: Sequence[Block], effort: Effort, cells: Sequence[Cell]) -> Report:
    """Return the lab's report on an ended experiment of these blocks, one after another.

    `cells` are in the order of the trials of a block.
    """
    terms, record = TERMS[effort], _record(effort, len(blocks), cells)
    results = _results(blocks, cells)
    plan = Plan(
        cells=tuple(cells), trials=tuple(result.trial for result in results), window=terms.window, pings=terms.pings
    )
    ended = replace(record, state=State.FINISHED, blocks=len(blocks), total=len(results))
    return report.build(ended, plan, results, Environment(nodes=()), now=None, time=0.0)


def experiment(drawn: Sequence[Block], effort: Effort, cells: Sequence[Cell]) -> Report:
    """Return the report of an experiment with the drawn blocks; it stops by the lab's own rule."""
    record, results, size = _record(effort, len(drawn), cells), _results(drawn, cells), len(cells)
    while enough(record, results[: record.total]) is None:
        record = replace(record, blocks=record.blocks + 1, total=record.total + size)
    return judged(drawn[: record.blocks], effort, cells)


def _record(effort: Effort, most: int, cells: Sequence[Cell]) -> Record:
    """Return the record of an experiment that is to run, with `most` blocks at most."""
    terms = TERMS[effort]
    asked = Experiment(
        id="resampled",
        created=0.0,
        workload=cells[0].workload,
        params=cells[0].params,
        models=(cells[0].model,),
        concurrency=tuple(cell.concurrency for cell in cells),
        replicas=(cells[0].replicas,),
        repeats=terms.repeats,
        effort=effort,
        seed=0,
        most_repeats=min(terms.most_repeats, most),
        budget=terms.budget,
    )
    return Record(experiment=asked, state=State.RUNNING, blocks=terms.repeats, total=len(cells) * terms.repeats)


def _results(blocks: Sequence[Block], cells: Sequence[Cell]) -> list[TrialResult]:
    """Return the trials as trials of these cells, block by block."""
    size = len(cells)
    return [
        replace(
            result, trial=Trial(experiment="resampled", index=size * repeat + place, cell=cells[place], repeat=repeat)
        )
        for repeat, block in enumerate(blocks)
        for place, result in enumerate(block)
    ]


def resample(blocks: Sequence[Block], effort: Effort, draws: int, *, equal: int, seed: int) -> Calls | None:
    """Count the experiments of `draws` that distinguish a cell from the fastest: the last one, or any if all are equal.

    The first `equal` cells of a block are equal. None if there are fewer blocks than the effort needs.
    """
    terms, source = TERMS[effort], random.Random(seed)
    if len(blocks) < terms.repeats:
        return None
    cells = [result.trial.cell for result in blocks[0]]
    found = 0
    for _ in range(draws):
        drawn = draw(blocks, terms.most_repeats, source, equal=equal)
        called = slower(experiment(drawn, effort, cells))
        found += bool(called) if equal == len(cells) else cells[-1].name in called
    return Calls(found=found, of=draws)
