"""One block of an experiment: planned as for a user and measured on this machine, without the rest of the lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.analysis import report
from services.analysis.trial.merging import summarise
from services.broker.redis import RedisBroker
from services.core.experiment import Record, State
from services.core.report import Report
from services.core.summary import CellSummary
from services.core.trial import TrialResult, TrialSpec
from services.core.units import Seconds
from services.node.measurement import Measurement
from services.node.rig import Rig
from services.planning import grid, request
from services.planning.trial_specs import specs
from services.store.server import EmbeddedServer
from tests.unit.analysis import made
from workloads.registry import discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A measured block."""

    results: Sequence[TrialResult]
    report: Report

    @property
    def cells(self) -> Mapping[str, CellSummary]:
        """By name."""
        return {cell.name: cell for cell in self.report.cells}


def measured(server: EmbeddedServer, *, window: Seconds = 0.5, pings: int = 5, **asked: Any) -> Block:
    """Measure what a request asks for, once, with `server` as the broker; a trial that cannot begin raises."""
    registry = discover()
    experiment = request.experiment({"repeats": 1, **asked}, registry, id="block", created=0, seed=7)
    plan = replace(grid.plan(experiment, 1), window=window, pings=pings)
    results = []
    for trial in plan.trials:
        (spec,) = specs(trial, plan, experiment, registry, attempt=f"{trial.id}-a", rate=None)
        results.append(_measured(server, spec))
    record = Record(experiment=experiment, state=State.FINISHED, blocks=1, total=len(results))
    whole = report.build(record, plan, results, made.environment(), now=None, time=0.0)
    return Block(results=results, report=whole)


def _measured(server: EmbeddedServer, spec: TrialSpec) -> TrialResult:
    measurement = Measurement(spec, lambda one: Rig(one, broker=RedisBroker(server.url)), lambda _: None)
    try:
        measurement.prepare()
        share = measurement.saturate(node="desk", boot="one")
    finally:
        measurement.end()
    return summarise(spec.trial, [share], elapsed=0.0)
