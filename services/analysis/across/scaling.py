"""What more slots bring: speed-up, efficiency, and the laws that throughput follows over concurrency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from services.analysis.across import laws
from services.analysis.cells import intervals
from services.analysis.cells.groups import grouped
from services.core.environment import Environment
from services.core.findings import Group, Scaling, Speedup
from services.core.reference import Reference
from services.core.summary import CellSummary, Interval
from services.core.units import Rate

#: A cell against itself.
ITSELF = Interval(median=1.0, low=1.0, high=1.0)
#: Cores that a single slot uses or waits for at least where the processor limits it, so that bare processes are its
#: baseline.
LIMITED_BY_CPU: Final = 0.8

#: The reference loops of an experiment by node and block.
_References: TypeAlias = Mapping[tuple[str, int], Reference]


def scaling(cells: Sequence[CellSummary], environment: Environment) -> tuple[Scaling, ...]:
    """One for each model, replicas and variant with a full queue that has something to be compared with.

    Sequential is the yardstick and has none of its own. Cells without a finished trial are left out.
    """
    groups = [
        (group, [cell for cell in members if cell.throughput is not None])
        for group, members in grouped(cells, concurrency=True)
    ]
    yardsticks = {
        _place(group): _rates(members[0]) for group, members in groups if group.model.traits.has_one_slot and members
    }
    references = {(one.node, one.block): one for one in environment.references}
    return tuple(
        _scaling(group, members, yardsticks.get(_place(group)), references)
        for group, members in groups
        if not group.model.traits.has_one_slot and members and (len(members) > 1 or _place(group) in yardsticks)
    )


def _place(group: Group) -> tuple[object, ...]:
    """What a group has in common with its yardstick."""
    return (group.replicas, *group.variant.values())


def _scaling(
    group: Group, members: Sequence[CellSummary], sequential: Mapping[int, Rate] | None, references: _References
) -> Scaling:
    one = next((cell for cell in members if cell.concurrency == 1), None)
    trials = [(cell.concurrency, rate, block) for cell in members for block, rate in _rates(cell).items()]
    fits, refused = laws.fits(trials)
    return Scaling(
        group=group,
        speedups=tuple(_speedup(cell, sequential, one, references) for cell in members),
        fits=fits,
        refused=refused,
    )


def _speedup(
    cell: CellSummary, sequential: Mapping[int, Rate] | None, one: CellSummary | None, references: _References
) -> Speedup:
    rates = _rates(cell)
    over_one = None if one is None else intervals.ratio(rates, _rates(one))
    if cell.concurrency == 1:
        over_one = ITSELF
    return Speedup(
        cell=cell.name,
        concurrency=cell.concurrency,
        over_sequential=None if sequential is None else intervals.ratio(rates, sequential),
        over_one=over_one,
        efficiency=None if over_one is None else _shared(over_one, cell.concurrency),
        of_bare=None if one is None else _of_bare(cell, one, references),
    )


def _of_bare(cell: CellSummary, one: CellSummary, references: _References) -> Interval | None:
    """Speed-up over one slot, over that of bare processes in the same block; None where they are no yardstick.

    Bare processes were measured alone and on all cores: nothing is known of numbers in between.
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
    return intervals.ratio(relative, _rates(one)) if relative else None


def _wanted(cell: CellSummary) -> float:
    """Cores that its workers used or waited for; the wait per task times the rate of tasks, by Little's law."""
    if cell.cpu is None or cell.throughput is None or cell.breakdown is None:
        return 0.0
    return cell.cpu.cores.median + cell.throughput.median * (cell.breakdown.core_wait or 0.0)


def _shared(interval: Interval, slots: int) -> Interval:
    return Interval(
        median=interval.median / slots,
        low=None if interval.low is None else interval.low / slots,
        high=None if interval.high is None else interval.high / slots,
    )


def _rates(cell: CellSummary) -> dict[int, Rate]:
    """Block to throughput, of the trials that finished."""
    return {trial.repeat: trial.throughput for trial in cell.trials if trial.throughput is not None}
