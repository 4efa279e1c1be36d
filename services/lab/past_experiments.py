"""Data of earlier experiments for the estimates of a new one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from services.analysis.cells.scatter import Residuals, residuals
from services.core.codec import Unreadable
from services.core.experiment import Cell, State
from services.core.units import Rate
from services.store.experiments import Experiments
from services.store.listing import Listing
from workloads.contract import Workload
from workloads.registry import Registry

#: Experiments looked through, newest first, and how many of the same workload family are used.
LOOKED_AT: Final = 50
USED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PastFigures:
    """Data from one experiment, or from several."""

    #: Median throughput of its cells with a full queue.
    rates: tuple[tuple[Cell, Rate], ...] = ()
    residuals: Residuals = field(default_factory=Residuals)


class PastExperiments:
    """Every method raises StoreUnreachable while Redis does not answer."""

    def __init__(self, experiments: Experiments, listing: Listing, registry: Registry) -> None:
        self._experiments = experiments
        self._listing = listing
        self._registry = registry
        #: By id: ended experiments do not change, and a form asks at every key.
        self._seen: Mapping[str, PastFigures] = {}

    def of(self, workload: Workload) -> tuple[PastFigures, ...]:
        """Return the last finished experiments of the workload's family, newest first."""
        ids = [
            record.experiment.id
            for record in (line.record for line in self._listing.page(LOOKED_AT).lines)
            if record.state is State.FINISHED and self._family(record.experiment.workload) == workload.family
        ][:USED]
        # Another thread may read the old mapping at this moment: it is replaced, never changed.
        before = self._seen
        found = {id: before.get(id) or self._read(id) for id in ids}
        self._seen = {**dict(list(before.items())[-LOOKED_AT:]), **found}
        return tuple(found.values())

    def _family(self, name: str) -> str | None:
        workload = self._registry.get(name)
        return None if workload is None else workload.family

    def _read(self, id: str) -> PastFigures:
        with suppress(Unreadable):
            results = self._experiments.trials(id)
            rates: dict[str, list[Rate]] = {}
            for one in results:
                if one.figures is not None and one.trial.cell.rate is None and one.figures.throughput > 0:
                    rates.setdefault(one.trial.cell.name, []).append(one.figures.throughput)
            cells = {one.trial.cell.name: one.trial.cell for one in results}
            return PastFigures(
                rates=tuple((cells[name], median(several)) for name, several in rates.items()),
                residuals=residuals(results),
            )
        return PastFigures()
