"""The cells of an experiment, and their trials in randomised complete blocks."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, product

from services.core.experiment import Cell, Experiment, Plan, Trial
from services.core.units import Value
from services.planning.effort import TERMS


def cells(experiment: Experiment) -> tuple[Cell, ...]:
    """Return every combination that makes a difference: a model with one slot ignores `-c`, so it gets one cell."""
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
        for concurrency in ((1,) if model.traits.has_one_slot else experiment.concurrency)
    )


def size(experiment: Experiment) -> int:
    """Return the number of cells without making them: a request may name far too many."""
    grids = len(experiment.replicas) * max(1, len(experiment.rates))
    slots = sum(1 if model.traits.has_one_slot else len(experiment.concurrency) for model in experiment.models)
    return grids * slots * math.prod(map(len, experiment.sweep.values()))


def plan(experiment: Experiment, blocks: int) -> Plan:
    """Return the trials of so many blocks: each repeat runs every cell once, in its own order shuffled by the seed.

    Drift of the machine then affects all cells equally. A longer plan begins with the shorter one.
    """
    terms = TERMS[experiment.effort]
    planned = Plan(cells=cells(experiment), trials=(), window=terms.window, pings=terms.pings)
    for _ in range(blocks):
        planned = with_another_block(planned, experiment)
    return planned


def with_another_block(planned: Plan, experiment: Experiment) -> Plan:
    """Return the plan with one more repeat of its cells at the end."""
    first = 1 + max((trial.index for trial in planned.trials), default=-1)
    repeat = 1 + max((trial.repeat for trial in planned.trials), default=-1)
    block = list(planned.cells)
    random.Random(f"{experiment.seed}/{repeat}").shuffle(block)
    added = (
        Trial(experiment=experiment.id, index=first + place, cell=cell, repeat=repeat)
        for place, cell in enumerate(block)
    )
    return replace(planned, trials=(*planned.trials, *added))


def around(planned: Plan, measured: Sequence[Trial]) -> Plan:
    """Return the plan in which every measured trial has its own index, cell and repeat, and the others follow.

    For experiments that were stored without their plan: a plan that is made again may have another order, or lack
    cells that were measured.
    """
    known = {cell.name for cell in planned.cells}
    more = {trial.cell.name: trial.cell for trial in measured if trial.cell.name not in known}
    taken = {trial.index for trial in measured}
    done = {(trial.cell.name, trial.repeat) for trial in measured}
    rest = [trial for trial in planned.trials if (trial.cell.name, trial.repeat) not in done]
    free = (index for index in count() if index not in taken)
    trials = [*measured, *(replace(trial, index=next(free)) for trial in rest)]
    return replace(
        planned, cells=(*planned.cells, *more.values()), trials=tuple(sorted(trials, key=lambda trial: trial.index))
    )


def _variants(experiment: Experiment) -> Iterator[dict[str, Value]]:
    for values in product(*experiment.sweep.values()):
        yield dict(zip(experiment.sweep, values, strict=True))
