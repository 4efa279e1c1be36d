"""How long a plan will take, before anything of it was measured: right to an order of magnitude.

The rate of a cell is taken from earlier trials of the same cell, else computed from the declared cost of its workload
and the model: under one GIL all slots share a core, waits overlap, and every process has a GIL of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from services.core.experiment import Cell, Plan
from services.core.models import Model, Slot
from services.core.units import Bytes, Rate, Seconds
from services.planning.trial_specs import FEWEST_SCHEDULED, MARGIN
from workloads.contract import Workload

#: Boot, ping, short pilots, fill and stop of a trial, and what the conductor needs around it.
OVERHEAD: Final[Seconds] = 1.2
#: The reference loop of a block on one node; nodes are asked one after another.
REFERENCE: Final[Seconds] = 0.6
#: Carrying one task through a worker's main process: no model is faster.
CARRY: Final[Seconds] = 0.0006
#: Tasks are sent in whole waves, one task per slot in each, and in at least so many of them.
WAVES: Final = 2
#: Length of a pilot as a part of the window.
PILOT: Final = 0.2
#: A node has so long to prepare its share of a trial, and as long to measure it.
PATIENCE: Final[Seconds] = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateInputs:
    """Data from nodes and earlier experiments; empty by default."""

    #: Usable cores of a node; None: unknown, and then a core per slot is assumed.
    cores: float | None = None
    #: Memory of the smallest node; None: unknown.
    memory: Bytes | None = None
    #: Throughput of cells with a full queue that finished in earlier experiments.
    earlier: tuple[tuple[Cell, Rate], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimatedPhases:
    """Estimated length of the two orders that a node gets for a trial."""

    prepare: Seconds
    saturate: Seconds

    @property
    def longest(self) -> Seconds:
        """The one that would run into PATIENCE."""
        return max(self.prepare, self.saturate)


NOTHING_KNOWN: Final = EstimateInputs()


def seconds(plan: Plan, workload: Workload, known: EstimateInputs = NOTHING_KNOWN) -> Seconds:
    """Estimated length of all trials of a plan."""
    trials = (phases(trial.cell, plan.window, workload, known, first=trial.repeat == 0) for trial in plan.trials)
    blocks = len({trial.repeat for trial in plan.trials})
    nodes = max((cell.replicas for cell in plan.cells), default=1)
    return REFERENCE * blocks * nodes + sum(OVERHEAD + one.prepare + one.saturate for one in trials)


def phases(cell: Cell, window: Seconds, workload: Workload, known: EstimateInputs, *, first: bool) -> EstimatedPhases:
    """Estimated length of one trial; the first one of a cell with a full queue also calibrates."""
    interval = per_task(cell, workload, known)
    wave = interval * cell.concurrency
    if cell.rate is not None:
        tasks = max(FEWEST_SCHEDULED, cell.rate / cell.replicas * window)
        return EstimatedPhases(prepare=wave, saturate=max(tasks * cell.replicas / cell.rate, tasks * interval))
    pilots = max(WAVES * wave, PILOT * window) if first else 0.0
    waves = max(WAVES, window * MARGIN / wave)
    # A window of few waves ends with a whole one.
    return EstimatedPhases(prepare=wave + pilots, saturate=wave * (math.ceil(waves) if waves < 10 else waves))


def per_task(cell: Cell, workload: Workload, known: EstimateInputs = NOTHING_KNOWN) -> Seconds:
    """Seconds per task on one node while all slots are busy."""
    for earlier, rate in known.earlier:
        if _same_work(earlier, cell) and _key(earlier) == _key(cell):
            return earlier.replicas / rate
    same_work = [pair for pair in known.earlier if _same_work(pair[0], cell)]
    return declared(cell, workload, known.cores) * _correction(same_work or known.earlier, workload, known)


def declared(cell: Cell, workload: Workload, cores: float | None) -> Seconds:
    """Return the same from the declared cost of the workload alone."""
    cost, slots = workload.cost(**cell.params), cell.concurrency
    computing = cost.held + cost.released
    usable = slots if cores is None else min(cores, slots)
    shared = {
        Slot.PROCESS: computing / usable,
        Slot.THREAD: max(cost.held, computing / usable),
        Slot.GREENLET: computing,
        Slot.MAIN: computing,
    }
    return max(shared[cell.model.traits.slot], (computing + cost.waits) / slots, CARRY)


def _correction(earlier: Iterable[tuple[Cell, Rate]], workload: Workload, known: EstimateInputs) -> float:
    """Measured over declared time per task: the speed of this machine, and the error of the declaration."""
    ratios = [
        cell.replicas / rate / declared(cell, workload, known.cores)
        for cell, rate in earlier
        if cell.workload == workload.name
    ]
    return median(ratios) if ratios else 1.0


def _same_work(earlier: Cell, cell: Cell) -> bool:
    return earlier.workload == cell.workload and earlier.params == cell.params


def _key(cell: Cell) -> tuple[Model, int, int]:
    return cell.model, cell.concurrency, cell.replicas
