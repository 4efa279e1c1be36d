"""Limits of an experiment: the time that a trial has, the memory that a node has, the nodes that are present."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.core.errors import InvalidRequest, Problem
from services.core.experiment import Cell, Experiment, Plan
from services.core.quantities import about_size, about_time
from services.core.units import Seconds
from services.planning import estimate, memory_estimate
from services.planning.estimate import PATIENCE, EstimateInputs
from workloads.contract import Workload


def too_long(plan: Plan, budget: Seconds | None, workload: Workload, known: EstimateInputs) -> Iterable[Problem]:
    """Return the problems of trials that outlast a node's patience, and of a budget below the fewest blocks."""

    def longest(cell: Cell) -> Seconds:
        return estimate.phases(cell, plan.window, workload, known, first=True).longest

    worst = max(plan.cells, key=longest)
    if longest(worst) > PATIENCE:
        yield _endless(worst, plan.window, workload, known)
        return
    needed = estimate.seconds(plan, workload, known)
    if budget is not None and needed > budget:
        allowed = f"{len(plan.trials)} trials take about {about_time(needed)}: must be at least that, or ask for less"
        yield Problem("budget", budget, allowed)


def too_large(plan: Plan, workload: Workload, known: EstimateInputs) -> Iterable[Problem]:
    """Return the problem of a cell whose slots need more memory than the smallest node has."""
    found = memory_estimate.need(plan.cells, workload)
    if known.memory is None or found.memory <= known.memory:
        return
    slots = found.slots(known.memory)
    allowed = (
        f"{found.cell.name} needs about {about_size(found.memory)}, "
        f"and the smallest node has {about_size(known.memory)}: "
        + (f"must be at most {slots} with these parameters" if slots else "one slot does not fit with these parameters")
    )
    yield Problem("concurrency", found.cell.concurrency, allowed)


def check_replicas(asked: Experiment, present: Sequence[str]) -> None:
    """Raise InvalidRequest if nodes are present, but fewer than a trial needs; `present` has their names."""
    most = max(asked.replicas)
    if present and most > len(present):
        there = "1 node is there" if len(present) == 1 else f"{len(present)} nodes are there"
        allowed = f"must be at most {len(present)}: {there} ({', '.join(present)})"
        raise InvalidRequest([Problem("replicas", most, allowed)])


def _endless(cell: Cell, window: Seconds, workload: Workload, known: EstimateInputs) -> Problem:
    """Return the problem of a `cell` whose trial outlasts PATIENCE: the field that causes it, and its largest value."""

    def fits(other: Cell) -> bool:
        return estimate.phases(other, window, workload, known, first=True).longest <= PATIENCE

    interval = estimate.per_task(cell, workload, known)
    takes = about_time(estimate.phases(cell, window, workload, known, first=True).longest)
    why = f"a trial of {cell.name} takes about {takes}, and a node has {about_time(PATIENCE)} for it"
    if cell.rate is not None and cell.rate / cell.replicas * window * interval > PATIENCE:
        most = PATIENCE / interval / window * cell.replicas
        limit = f"{most:.0f}" if most >= 10 else f"{most:.1g}"
        return Problem("load.rate", cell.rate, f"{why}: must be at most about {limit} with these parameters")
    fewer = (replace(cell, concurrency=slots) for slots in range(cell.concurrency - 1, 0, -1))
    slots = next((one.concurrency for one in fewer if fits(one)), None)
    if slots is None:
        return Problem("params", dict(cell.params), f"{why}: choose parameters with less work in one task")
    return Problem("concurrency", cell.concurrency, f"{why}: must be at most {slots} with these parameters")
