"""Speed-up and efficiency over concurrency, and the laws fitted to throughput."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from services.analysis.across import laws
from services.analysis.cells.by_block import rates as rates_of
from services.analysis.cells.by_block import ratio
from services.analysis.cells.groups import grouped
from services.core.environment import Environment
from services.core.findings import BareEfficiency, BareSpeedup, Group, Scaling, Speedup
from services.core.reference_loop import Reference
from services.core.summary import ITSELF, CellSummary, Interval
from services.core.units import Rate

#: Cores that a single slot uses or waits for at least where the processor limits it, so that bare processes are its
#: baseline.
LIMITED_BY_CPU: Final = 0.8

#: The reference loops of an experiment by node and block.
_References: TypeAlias = Mapping[tuple[str, int], Reference]


def scaling(cells: Sequence[CellSummary], environment: Environment) -> tuple[Scaling, ...]:
    """Return one per model, replicas and variant with a full queue that has a baseline or two concurrencies.

    Sequential is a baseline and has none of its own. Cells without a finished trial are left out.
    """
    groups = [
        (group, [cell for cell in members if cell.throughput is not None])
        for group, members in grouped(cells, concurrency=True)
    ]
    baselines = {_place(group): members[0] for group, members in groups if group.model.traits.has_one_slot and members}
    references = {(one.node, one.block): one for one in environment.references}
    return tuple(
        _scaling(group, members, baselines.get(_place(group)), references)
        for group, members in groups
        if not group.model.traits.has_one_slot and members and (len(members) > 1 or _place(group) in baselines)
    )


def _place(group: Group) -> tuple[object, ...]:
    """Return the properties that a group has in common with its baseline."""
    return (group.replicas, *group.variant.values())


def _scaling(
    group: Group, members: Sequence[CellSummary], sequential: CellSummary | None, references: _References
) -> Scaling:
    one = next((cell for cell in members if cell.concurrency == 1), None)
    trials = [(cell.concurrency, rate, block) for cell in members for block, rate in rates_of(cell).items()]
    fits, refused = laws.fits(trials)
    alone = None if sequential is None else rates_of(sequential)
    return Scaling(
        group=group,
        speedups=tuple(_speedup(cell, alone, one, references) for cell in members),
        fits=fits,
        no_fit_reason=refused,
        sequential=_median(sequential),
        one_slot=_median(one),
    )


def _speedup(
    cell: CellSummary, sequential: Mapping[int, Rate] | None, one: CellSummary | None, references: _References
) -> Speedup:
    rates = rates_of(cell)
    over_one = None if one is None else ratio(rates, rates_of(one))
    if cell.concurrency == 1:
        over_one = ITSELF
    return Speedup(
        cell=cell.name,
        concurrency=cell.concurrency,
        over_sequential=None if sequential is None else ratio(rates, sequential),
        over_one=over_one,
        efficiency=None if over_one is None else over_one.scaled(1 / cell.concurrency),
        of_bare=None if one is None else _of_bare(cell, one, references),
    )


def _of_bare(cell: CellSummary, one: CellSummary, references: _References) -> Interval | None:
    """Return the speed-up over one slot, over that of bare processes in the same block; None if not comparable.

    Bare processes were measured as one process and as one per core; numbers in between are unknown.
    """
    if cell.concurrency == 1 or cell.replicas > 1 or _wanted(one) < LIMITED_BY_CPU:
        return None
    relative = {}
    for trial in cell.trials:
        reference = references.get((trial.nodes[0], trial.repeat))
        if trial.throughput is None or reference is None or reference.speedup is None:
            continue
        if cell.concurrency < reference.processes:
            return None
        relative[trial.repeat] = trial.throughput / reference.speedup
    return ratio(relative, rates_of(one))


def _wanted(cell: CellSummary) -> float:
    """Return the cores that its workers used or waited for: by Little's law the wait is wait per task times rate."""
    if cell.cpu is None or cell.throughput is None or cell.breakdown is None:
        return 0.0
    return cell.cpu.cores.estimate + cell.throughput.estimate * (cell.breakdown.core_wait or 0.0)


def _median(cell: CellSummary | None) -> Rate | None:
    return None if cell is None or cell.throughput is None else cell.throughput.estimate


def bare_efficiency(
    cells: Sequence[CellSummary], scaling: Sequence[Scaling], bare: Sequence[BareSpeedup]
) -> tuple[BareEfficiency, ...]:
    """Return the efficiency of bare processes at the measured concurrencies where it is known.

    Known for one slot, and from as many slots as bare processes on. Empty without a speed-up over bare processes.
    """
    speedups = [one for each in scaling for one in each.speedups]
    if all(one.of_bare is None for one in speedups):
        return ()
    nodes = {trial.nodes[0] for cell in cells if cell.replicas == 1 for trial in cell.trials}
    here = next(one for one in bare if one.node in nodes and one.speedup is not None)
    measured = {one.concurrency for one in speedups if one.efficiency is not None}
    known = [1, *sorted(slots for slots in measured if slots > 1 and slots >= here.processes)]
    return tuple(
        BareEfficiency(slots=slots, efficiency=1.0 if slots == 1 else (here.speedup or 1.0) / slots) for slots in known
    )
