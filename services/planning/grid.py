"""The cells of an experiment, and their trials in randomised complete blocks."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import product

from services.core.experiment import Cell, Experiment, Model, Plan, Trial
from services.core.units import Value
from services.planning.effort import TERMS


def cells(experiment: Experiment) -> tuple[Cell, ...]:
    """Every combination that makes a difference: sequential has one slot whatever `-c` says, so one cell."""
    return tuple(
        Cell(
            workload=experiment.workload,
            params=experiment.params | variant,
            model=model,
            concurrency=concurrency,
            replicas=replicas,
            variant=variant,
            rate=rate,
            prefetch=experiment.prefetch,
        )
        for rate in experiment.rates or (None,)
        for variant in _variants(experiment)
        for replicas in experiment.replicas
        for model in experiment.models
        for concurrency in ((1,) if model is Model.SEQUENTIAL else experiment.concurrency)
    )


def size(experiment: Experiment) -> int:
    """How many cells there are, without making them: a request may ask for far too many."""
    grids = len(experiment.replicas) * max(1, len(experiment.rates))
    slots = sum(1 if model is Model.SEQUENTIAL else len(experiment.concurrency) for model in experiment.models)
    return grids * slots * math.prod(map(len, experiment.sweep.values()))


def plan(experiment: Experiment, blocks: int) -> Plan:
    """Each repeat runs every cell once, in its own order shuffled by the seed, so that drift hits all cells alike.

    The same experiment always gives the same plan, and a longer plan begins with the shorter one: a conductor that
    comes back, or adds a block, goes on where the last one fell.
    """
    grid = cells(experiment)
    trials = []
    for repeat in range(blocks):
        block = list(grid)
        random.Random(f"{experiment.seed}/{repeat}").shuffle(block)
        trials += [
            Trial(experiment=experiment.id, index=repeat * len(grid) + place, cell=cell, repeat=repeat)
            for place, cell in enumerate(block)
        ]
    terms = TERMS[experiment.effort]
    return Plan(cells=grid, trials=tuple(trials), window=terms.window, pings=terms.pings)


def _variants(experiment: Experiment) -> Iterator[dict[str, Value]]:
    for values in product(*experiment.sweep.values()):
        yield dict(zip(experiment.sweep, values, strict=True))
