"""The cells of an experiment, and their trials in randomised complete blocks."""

from __future__ import annotations

import random

from services.core.experiment import Cell, Experiment, Model, Plan, Trial
from services.planning.effort import TERMS


def cells(experiment: Experiment) -> tuple[Cell, ...]:
    """Every combination that makes a difference: sequential has one slot whatever `-c` says, so one cell."""
    return tuple(
        Cell(
            workload=experiment.workload,
            params=experiment.params,
            model=model,
            concurrency=concurrency,
            replicas=replicas,
        )
        for replicas in experiment.replicas
        for model in experiment.models
        for concurrency in ((1,) if model is Model.SEQUENTIAL else experiment.concurrency)
    )


def plan(experiment: Experiment) -> Plan:
    """Each repeat runs every cell once, in its own order shuffled by the seed, so that drift hits all cells alike.

    The same experiment always gives the same plan: a conductor that comes back goes on where the last one fell.
    """
    grid = cells(experiment)
    trials = []
    for repeat in range(experiment.repeats):
        block = list(grid)
        random.Random(f"{experiment.seed}/{repeat}").shuffle(block)
        trials += [
            Trial(experiment=experiment.id, index=repeat * len(grid) + place, cell=cell, repeat=repeat)
            for place, cell in enumerate(block)
        ]
    terms = TERMS[experiment.effort]
    return Plan(cells=grid, trials=tuple(trials), window=terms.window, pings=terms.pings)
