"""Theoretical ceilings of throughput: asymptotic bounds from the least that a task was measured to need.

Denning & Buzen, "The operational analysis of queueing network models", Computing Surveys 10 (1978): throughput is at
most 1 / (demand for the busiest resource), and at most slots / (time that a task holds one).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.analysis.answer.readings import CellReading, one_slot
from services.core.advice import Ceiling, CeilingKind
from services.core.findings import BareSpeedup
from services.core.models import Slot
from services.core.units import Seconds

#: Most cores that a model uses in any cell for which its tasks count as holding the GIL.
MOST_UNDER_GIL: Final = 1.15
#: Least share of cores that counts as all of them, and least part of a core that was left idle.
FULL: Final = 0.85
IDLE_CORE: Final = 0.3
#: Least share of the CPU time that the body takes where its own use of the GIL matters.
MOSTLY_BODY: Final = 0.5


def ceilings(found: Sequence[CellReading], bare: Sequence[BareSpeedup]) -> tuple[Ceiling, ...]:
    """Return the ceiling of the fastest cell of every model, fastest first; none without a cell of one slot.

    `found` are cells that do the same work. A task needs the least CPU time of the whole worker that it needed in any
    cell, and the least time in the slot, without the wait for a core, that it needed in any cell with one slot.
    """
    held = min((one.held - one.waited_for_core for one in found if one.slots == 1), default=0.0)
    needs = min((one.cpu.per_task.estimate for one in found), default=0.0)
    if held <= 0 or needs <= 0:
        return ()
    best: dict[str, CellReading] = {}
    for one in sorted(found, key=lambda one: -one.rate):
        best.setdefault(one.model, one)
    return tuple(
        _ceiling(one, held, needs, worth(one, bare), takes_turns=holds_gil(one, found)) for one in best.values()
    )


def worth(one: CellReading, bare: Sequence[BareSpeedup]) -> float:
    """Return what the usable cores of a cell are worth: by the reference loop where it was measured, else their number.

    Bare processes on them reach less than one core each where cores are shared or not whole; one process has one.
    """
    nodes = {name for trial in one.cell.trials for name in trial.nodes}
    known = [each.speedup / each.processes for each in bare if each.node in nodes and each.speedup is not None]
    if not known:
        return one.usable
    return max(one.usable * min(1.0, sum(known) / len(known)), min(1.0, one.usable))


def holds_gil(one: CellReading, found: Sequence[CellReading]) -> bool:
    """Return whether threads of the model of `one` are known to take turns.

    They are if no cell of it used more than one core per process, and one with several slots used a whole core and
    left others idle; or if the worker's own code, which is Python, takes most of the CPU time.
    """
    alike = [each for each in found if each.model is one.model]
    if not one.gil or any(each.cores > MOST_UNDER_GIL * each.processes for each in alike):
        return False
    body = body_cpu(found)
    return (body is not None and body < MOSTLY_BODY) or any(map(_takes_turns, alike))


def body_cpu(found: Sequence[CellReading]) -> float | None:
    """Return the share of the worker's CPU time that the body takes in one slot; None where it is not known.

    None, too, if one slot uses more than one core, because then the body has threads of its own.
    """
    alone = one_slot(found)
    if alone is None or alone.cell.breakdown is None or alone.cell.breakdown.cpu is None:
        return None
    per_task = alone.cpu.per_task.estimate
    if per_task <= 0 or alone.cores > MOST_UNDER_GIL * alone.processes:
        return None
    return min(1.0, (alone.cell.breakdown.cpu + (alone.computed_elsewhere or 0.0)) / per_task)


def _takes_turns(one: CellReading) -> bool:
    left = one.usable - one.others - one.cores
    return one.slots > one.processes and one.cores >= FULL * one.processes and left >= IDLE_CORE


def _ceiling(one: CellReading, held: Seconds, needs: Seconds, cores: float, *, takes_turns: bool) -> Ceiling:
    bounds = {CeilingKind.SLOTS: one.slots / held, CeilingKind.CORES: cores / needs}
    if one.model.traits.slot is Slot.GREENLET:
        bounds[CeilingKind.ONE_THREAD] = one.cell.replicas / needs
    elif one.model.traits.slot is Slot.THREAD and takes_turns:
        bounds[CeilingKind.GIL] = one.cell.replicas / needs
    bound = min(bounds, key=lambda each: bounds[each])
    assert one.cell.throughput is not None
    return Ceiling(
        cell=one.name,
        set_by=bound,
        at_most=bounds[bound],
        reached=one.cell.throughput.scaled(1 / bounds[bound]),
    )
