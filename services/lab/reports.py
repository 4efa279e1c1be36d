"""Reports of experiments: statistics are computed once per state of the stored data, not once per reader."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, TypeAlias

from services.analysis import report
from services.analysis.report import Analysis
from services.core.advice import TaskTimeLimits
from services.core.environment import Environment
from services.core.experiment import Record, State
from services.core.report import Report
from services.core.units import Timestamp
from services.store.experiments import Experiments
from workloads.registry import Registry

#: Experiments whose analysis is kept: as many as are open in browsers at once.
KEPT: Final = 32
#: The stored data that an analysis depends on: state, blocks of the plan, ended trials, nodes and reference loops.
_Basis: TypeAlias = tuple[State, int, int, Environment]


class Reports:
    """Builds reports. Pages, followers and REST ask several times per second; the machine under test computes once.

    Every method raises StoreUnreachable while Redis does not answer.
    """

    def __init__(self, experiments: Experiments, registry: Registry, *, kept: int = KEPT) -> None:
        self._experiments = experiments
        self._registry = registry
        self._kept = kept
        self._analyses: OrderedDict[str, tuple[_Basis, Analysis]] = OrderedDict()
        #: Held while an analysis is computed, so that several readers of one experiment compute it once.
        self._lock = threading.Lock()

    def of(self, id: str, time: Timestamp) -> Report:
        """Return the report of an experiment as of `time`. Raises NotFound, Unreadable."""
        record, environment = self._experiments.get(id), self._experiments.environment(id)
        return report.assemble(
            record,
            self._analysis(record, environment),
            environment,
            now=self._experiments.now(id),
            cancelling=self._experiments.cancel_asked(id),
            time=time,
        )

    def _analysis(self, record: Record, environment: Environment) -> Analysis:
        id = record.experiment.id
        with self._lock:
            basis = (record.state, record.blocks, self._experiments.done(id), environment)
            known = self._analyses.get(id)
            if known is not None and known[0] == basis:
                self._analyses.move_to_end(id)
                return known[1]
            results = self._experiments.trials(id)
            found = report.analyse(
                self._experiments.plan(record),
                results,
                environment,
                ended=record.state.ended,
                units=self._units(record.experiment.workload),
                limits=self._time_limits(record.experiment.workload),
            )
            # A trial that ended meanwhile is in these results, but not in the basis.
            self._analyses[id] = ((*basis[:2], len(results), environment), found)
            self._analyses.move_to_end(id)
            while len(self._analyses) > self._kept:
                self._analyses.popitem(last=False)
            return found

    def _time_limits(self, workload: str) -> TaskTimeLimits:
        """Return the time limits that an own task declares; none for a workload that is no longer there."""
        found = self._registry.get(workload)
        return TaskTimeLimits() if found is None else TaskTimeLimits(soft=found.soft_time_limit, hard=found.time_limit)

    def _units(self, workload: str) -> Mapping[str, str]:
        """Return the unit of every parameter of a workload; empty for a workload that is no longer there."""
        found = self._registry.get(workload)
        return {} if found is None else {each.name: each.unit for each in found.parameters}
