"""Cells whose limit is known, because their figures are made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from services.analysis.across import verdict
from services.analysis.answer.advising import advise
from services.core.advice import Advice, Diagnosis, Objectives, TaskTimeLimits, VariantAdvice
from services.core.environment import Environment
from services.core.figures import Breakdown, Footprint, Latency
from services.core.models import Model
from services.core.summary import CellSummary
from services.core.units import Rate, Value
from tests.unit.analysis.made import MB, environment
from tests.unit.analysis.summaries import cell, each
from tests.unit.analysis.used import usage

HERE = environment()


def measured(
    model: Model,
    slots: int,
    rates: Sequence[Rate],
    *,
    cpu: float = 0,
    off: float = 0,
    storing: float = 1,
    core_wait: float = 0,
    cores: float = 0.1,
    others: float = 0,
    throttled: float = 0,
    peak: float = 40,
    p99: float = 20,
    at: Rate | None = None,
    pace: float = 1,
    lag: float = 0,
    idle_gap: float = 0,
    replicas: int = 1,
    **params: Value,
) -> CellSummary:
    """A trial per rate. Times are in ms, memory in MB; `cpu` and `off` are the body's time on and off the core."""
    parts = [part / 1000 for part in (cpu, off, storing)]
    breakdown = Breakdown(
        broker=0.0,
        handover=0.0,
        cpu=parts[0],
        off_cpu=parts[1],
        storing=parts[2],
        returning=0.0,
        total=sum(parts),
        storing_cpu=parts[2] / 2,
        core_wait=core_wait / 1000,
    )
    figures = {
        "used": usage(user=cores, others=others, throttled=throttled),
        "breakdown": breakdown,
        "latency": Latency(p50=p99 / 2000, p95=p99 / 1500, p99=p99 / 1000),
        "pss": Footprint(idle=0, peak=round(peak * MB)),
        "pace": pace,
        "publisher_lag": lag,
        "idle_gap": idle_gap,
    }
    of = cell(model, slots, replicas=replicas, rate=at, **params)
    return each(of, [{"throughput": rate} | figures for rate in rates])


def steady(rate: Rate) -> tuple[Rate, ...]:
    """Three repeats that scatter by 1 %."""
    return rate, rate * 1.01, rate * 0.99


def advised(
    *cells: CellSummary,
    objectives: Objectives | None = None,
    limits: TaskTimeLimits | None = None,
    here: Environment = HERE,
) -> Advice:
    """The advice of an experiment that ended with these cells."""
    found = verdict.reach(cells, {}, ended=True)
    return advise(cells, found, here, (), objectives=objectives or Objectives(), limits=limits or TaskTimeLimits())


def answer(*cells: CellSummary, here: Environment = HERE) -> VariantAdvice:
    """The advice on cells of one variant."""
    [only] = advised(*cells, here=here).variants
    return only


def why(*cells: CellSummary, here: Environment = HERE) -> dict[str, Diagnosis]:
    """The diagnosis of every cell that has one."""
    return {name: found for found in answer(*cells, here=here).why for name in found.cells}
