"""Figures that show the limit of a cell, derived from its summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.analysis.usable_cores import by_host, usable_cores
from services.core.environment import Environment
from services.core.labels import label
from services.core.models import Model
from services.core.summary import CellSummary, Cpu
from services.core.units import Rate, Seconds

#: Largest CPU time outside the body's thread, as a share of the body's wait, that is not computing on its behalf.
SMALL_BESIDE: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class CellReading:
    """A measured cell, medians and means over its trials."""

    cell: CellSummary
    slots: int
    #: Tasks per second that it finished.
    rate: Rate
    #: Mean time that a task holds its slot: body and storing; and the part of it in which the task waited for a core.
    held: Seconds
    waited_for_core: Seconds
    #: The part of the body and of storing on a core. None: not separable (gevent).
    on_core: Seconds | None
    cpu: Cpu
    #: Cores that its nodes can use together.
    usable: float

    @property
    def name(self) -> str:
        """The name of the cell."""
        return self.cell.name

    @property
    def label(self) -> str:
        """The name of the cell within its variant."""
        of = self.cell
        return label(of.model, concurrency=of.concurrency, replicas=of.replicas, rate=of.rate)

    @property
    def model(self) -> Model:
        """The model of the cell."""
        return self.cell.model

    @property
    def busy(self) -> float:
        """Mean share of the slots that hold a task, by Little's law."""
        return self.rate * self.held / self.slots

    @property
    def cores(self) -> float:
        """CPU seconds per second of its workers."""
        return self.cpu.cores.estimate

    @property
    def cores_waited_for(self) -> float:
        """Mean number of tasks that are ready to run and wait for a core, by Little's law."""
        return self.rate * self.waited_for_core

    @property
    def others(self) -> float:
        """Cores that other programs and other machines on the hypervisor used."""
        return self.cpu.others + self.cpu.steal

    @property
    def computed_elsewhere(self) -> Seconds | None:
        """CPU time per task that its body spends outside its own thread while it waits; None: not known.

        In processes and threads that it starts. All CPU time that is not the thread's counts, as far as it fits into
        the wait on the usable cores, unless it is small beside the wait: then it is what carrying costs.
        """
        if self.on_core is None or self.cell.breakdown is None:
            return None
        waits = max(0.0, self.cell.breakdown.off_cpu - self.waited_for_core)
        elsewhere = max(0.0, self.cpu.per_task.estimate - self.on_core)
        return 0.0 if elsewhere < SMALL_BESIDE * waits else min(elsewhere, self.usable * waits)

    @property
    def off_core(self) -> float | None:
        """Share of the time in the slot in which the task neither computed nor waited for a core; None: not known."""
        if self.on_core is None or self.computed_elsewhere is None or not self.held:
            return None
        return max(0.0, 1 - (self.on_core + self.waited_for_core + self.computed_elsewhere) / self.held)

    @property
    def processes(self) -> int:
        """Processes that run tasks."""
        return self.slots if self.model.traits.starts_processes else self.cell.replicas

    @property
    def gil(self) -> bool:
        """Whether the GIL was on in its slots; assumed where it is not known."""
        return self.cell.facts is None or self.cell.facts.gil


def reading(cell: CellSummary, environment: Environment) -> CellReading | None:
    """Return the figures of a cell; None where it has no finished trial or its nodes are not known."""
    nodes = {node.name: node for node in environment.nodes}
    used = {name for trial in cell.trials if not trial.failure for name in trial.nodes}
    if cell.throughput is None or cell.breakdown is None or cell.cpu is None or not used or not used <= nodes.keys():
        return None
    parts = cell.breakdown
    return CellReading(
        cell=cell,
        slots=cell.concurrency * cell.replicas,
        rate=cell.throughput.estimate,
        held=parts.body + parts.storing,
        waited_for_core=parts.core_wait or 0.0,
        on_core=None if parts.cpu is None else parts.cpu + (parts.storing_cpu or 0.0),
        cpu=cell.cpu,
        usable=usable_cores(by_host(nodes[name] for name in sorted(used))),
    )


def readings(cells: Sequence[CellSummary], environment: Environment) -> tuple[CellReading, ...]:
    """Return the figures of the measured cells, in their order."""
    found = (reading(cell, environment) for cell in cells)
    return tuple(one for one in found if one is not None)


def one_slot(found: Sequence[CellReading]) -> CellReading | None:
    """Return the cell with one slot that others are compared with: sequential, else that of the first model."""
    order = list(Model)
    return min((one for one in found if one.slots == 1), key=lambda one: order.index(one.model), default=None)
