"""The forecast of an experiment: time, memory, and the smallest visible difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import isfinite, prod
from typing import Final

from services.analysis.across.blocks import smallest_difference
from services.analysis.cells import scatter
from services.core.environment import Node
from services.core.experiment import Experiment
from services.core.forecast import Forecast
from services.core.quantities import about_size, about_time, percent
from services.lab.past_experiments import PastFigures
from services.planning import estimate, memory_estimate
from services.planning.estimate import EstimateInputs
from services.planning.grid import plan
from workloads.contract import Workload

#: A larger part of a node's memory is confirmed by the user first.
MUCH_MEMORY: Final = 0.5


def known(nodes: Sequence[Node], earlier: Iterable[PastFigures]) -> EstimateInputs:
    """Compare with the smallest of these nodes: any of them may run a trial."""
    machines = [node.fingerprint for node in nodes]
    return EstimateInputs(
        cores=min((one.usable_cores for one in machines), default=None),
        memory=min((one.memory_limit for one in machines), default=None),
        earlier=tuple(pair for one in earlier for pair in one.rates),
    )


def forecast(asked: Experiment, workload: Workload, nodes: Sequence[Node], earlier: Sequence[PastFigures]) -> Forecast:
    """Estimate the experiment, on these nodes and after these experiments of the same workload family."""
    expected = known(nodes, earlier)
    least = plan(asked, asked.repeats)
    need = memory_estimate.need(least.cells, workload)
    pooled = scatter.pooled(one.residuals for one in earlier)
    sd = scatter.DEFAULT if pooled is None else pooled
    compared = 0 if asked.rates else len(least.cells) // prod(map(len, asked.sweep.values()))
    difference = smallest_difference(compared, asked.repeats, sd)
    found = Forecast(
        cells=len(least.cells),
        repeats=asked.repeats,
        most_repeats=max(asked.most_repeats, asked.repeats),
        trials=len(least.trials),
        seconds=estimate.seconds(least, workload, expected),
        measured_before=any(cell.workload == workload.name for cell, _ in expected.earlier),
        memory=need.memory,
        memory_cell=need.cell.name,
        memory_limit=expected.memory,
        confirm=_confirm(need, nodes, expected),
        difference=difference if isfinite(difference) else None,
        scatter=sd,
        scatter_from=0 if pooled is None else len(earlier),
        lines=(),
    )
    return replace(found, lines=_lines(found, asked, workload.family))


def _confirm(need: memory_estimate.MemoryNeed, nodes: Sequence[Node], expected: EstimateInputs) -> str:
    """Nodes on one machine may share its memory: no field of a node shows whether they do."""
    if expected.memory is None:
        return ""
    boots = [node.fingerprint.boot for node in nodes]
    together = min(need.cell.replicas, max((boots.count(boot) for boot in boots), default=1))
    total = need.memory * together
    if total <= MUCH_MEMORY * expected.memory:
        return ""
    where = "" if together == 1 else f" on {together} nodes of one machine"
    return (
        f"{need.cell.name} needs about {about_size(total)}{where}, of {about_size(expected.memory)}: "
        "more than half of the memory."
    )


def _lines(found: Forecast, asked: Experiment, family: str) -> tuple[str, ...]:
    return (_size(found, asked), *_resolution(found, family), *_memory(found))


def _size(found: Forecast, asked: Experiment) -> str:
    basis = "by earlier trials of this workload here" if found.measured_before else "by what the workload declares"
    more = ""
    if found.most_repeats > found.repeats:
        within = "" if asked.budget is None else f", within {about_time(asked.budget)}"
        more = f" Up to {found.most_repeats} repeats while intervals are wide{within}."
    return (
        f"{_counted(found.trials, 'trial')}: {_counted(found.cells, 'cell')} × {_counted(found.repeats, 'repeat')}, "
        f"about {about_time(found.seconds)} {basis}.{more}"
    )


def _resolution(found: Forecast, family: str) -> Iterator[str]:
    if found.difference is None:
        return
    scattered = f"it scattered by {percent(found.scatter)}"
    if found.scatter_from == 0:
        basis = f"assuming that it scatters by {percent(found.scatter)}; too few earlier trials of family {family}"
    elif found.scatter_from == 1:
        basis = f"{scattered} in the last experiment of family {family}"
    else:
        basis = f"{scattered} in the last {found.scatter_from} experiments of family {family}"
    yield (
        f"With {found.repeats} repeats, differences in throughput under about {percent(found.difference)} will "
        f"probably not be seen ({basis})."
    )


def _memory(found: Forecast) -> Iterator[str]:
    need = f"Memory: about {about_size(found.memory)} on a node at most ({found.memory_cell})"
    if found.memory_limit is None:
        yield f"{need}; no node is known to compare it with."
    elif not found.confirm:
        yield f"{need}, of {about_size(found.memory_limit)}."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
