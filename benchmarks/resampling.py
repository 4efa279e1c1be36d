"""How often the lab calls a difference between two cells: experiments made of real trials in other orders. Pure.

Everything that decides is the lab's own: how many blocks an effort runs, when it adds one, and the verdict.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from scipy.stats import binomtest

from services.analysis import ranking, report
from services.conductor.stopping import enough
from services.core.environment import Environment
from services.core.experiment import Effort, Experiment, Plan, Record, State, Trial
from services.core.report import Report
from services.core.trial import TrialResult
from services.planning.effort import TERMS

#: One trial of each of the two cells, measured next to one another.
Block: TypeAlias = tuple[TrialResult, TrialResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """How many experiments, of all, called a difference."""

    found: int
    of: int

    @property
    def rate(self) -> float:
        """As a share; 0 of nothing."""
        return self.found / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Of the rate, 95 % (Clopper & Pearson 1934, Biometrika 26). Takes the experiments for independent."""
        if not self.of:
            return 0.0, 1.0
        bounds = binomtest(self.found, self.of).proportion_ci(0.95, method="exact")
        return float(bounds.low), float(bounds.high)

    def __add__(self, other: Calls) -> Calls:
        return Calls(found=self.found + other.found, of=self.of + other.of)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.found} of {self.of}: {self.rate:.1%} ({low:.1%} to {high:.1%})"


def slower(of: Report) -> str | None:
    """Return the cell that the lab calls the slower of two; None if it does not tell them apart.

    The two differ in a parameter, so they are two variants for the lab, which does not compare them: here they are
    ranked as cells of one variant are.
    """
    ranks = {ranked.cell: ranked.rank for ranked in ranking.verdict({}, of.cells, ended=True).ranking}
    return None if len(set(ranks.values())) < 2 else max(ranks, key=lambda cell: ranks[cell])


def draw(blocks: Sequence[Block], most: int, source: random.Random, *, swap: bool) -> list[Block]:
    """`most` neighbouring blocks from a random place, in random order: what drifts within minutes stays in.

    With `swap` the two sides of a block change places at random. Where they are the same cell that is another
    experiment just as likely (a permutation null: Fisher 1935, "The design of experiments").
    """
    first = source.randrange(max(0, len(blocks) - most) + 1)
    drawn = list(blocks[first : first + most])
    source.shuffle(drawn)
    return [(two, one) if swap and source.random() < 0.5 else (one, two) for one, two in drawn]


def experiment(drawn: Sequence[Block], effort: Effort, names: Block) -> Report:
    """What the lab would have said, had the blocks of an experiment turned out to be these, one after another.

    `names` gives the two cells their names, whatever trials come to stand for them.
    """
    terms, cells = TERMS[effort], (names[0].trial.cell, names[1].trial.cell)
    asked = Experiment(
        id="resampled",
        created=0.0,
        workload=cells[0].workload,
        params=cells[0].params,
        models=(cells[0].model,),
        concurrency=(cells[0].concurrency,),
        replicas=(cells[0].replicas,),
        repeats=terms.repeats,
        effort=effort,
        seed=0,
        most_repeats=min(terms.most_repeats, len(drawn)),
        budget=terms.budget,
    )
    results = [
        replace(result, trial=Trial(experiment=asked.id, index=2 * repeat + place, cell=cells[place], repeat=repeat))
        for repeat, block in enumerate(drawn)
        for place, result in enumerate(block)
    ]
    record = Record(experiment=asked, state=State.RUNNING, blocks=terms.repeats, total=2 * terms.repeats)
    while enough(record, (so_far := results[: record.total])) is None:
        record = replace(record, blocks=record.blocks + 1, total=record.total + 2)
    plan = Plan(cells=cells, trials=tuple(result.trial for result in so_far), window=terms.window, pings=terms.pings)
    ended = replace(record, state=State.FINISHED)
    return report.build(ended, plan, so_far, Environment(nodes=()), now=None, time=0.0)


def resample(blocks: Sequence[Block], effort: Effort, draws: int, seed: int, *, swap: bool) -> Calls | None:
    """How many of `draws` experiments call a difference; without `swap`, the second cell the slower one.

    None if there are fewer blocks than the effort runs in any case.
    """
    terms, source = TERMS[effort], random.Random(seed)
    if len(blocks) < terms.repeats:
        return None
    planted = blocks[0][1].trial.cell.name
    found = 0
    for _ in range(draws):
        called = slower(experiment(draw(blocks, terms.most_repeats, source, swap=swap), effort, blocks[0]))
        found += called is not None if swap else called == planted
    return Calls(found=found, of=draws)
