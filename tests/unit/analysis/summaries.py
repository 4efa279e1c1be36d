"""Summaries of cells whose trials are made by hand: one trial a block, in the order given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.analysis.cells.summary import cell_summary
from services.core.experiment import Cell
from services.core.figures import Footprint
from services.core.models import Model
from services.core.summary import CellSummary
from services.core.units import Rate, Value
from tests.unit.analysis.made import MB, environment, result


def cell(model: Model, concurrency: int = 1, *, replicas: int = 1, rate: Rate | None = None, **params: Value) -> Cell:
    return Cell(
        workload="primes",
        params=params or {"limit": 9},
        model=model,
        concurrency=concurrency,
        replicas=replicas,
        variant=params,
        rate=rate,
    )


def measured(of: Cell, rates: Sequence[Rate | None], **figures: object) -> CellSummary:
    """A trial for each throughput, failed where it is None; `figures` are those of all trials that did not."""
    return each(of, [{"throughput": rate} | (figures if rate else {}) for rate in rates])


def each(of: Cell, trials: Sequence[Mapping[str, object]]) -> CellSummary:
    """A trial for each, with these arguments of `made.result`."""
    results = [
        result(**{"throughput": 100, "cell": of, "index": block, "repeat": block, **given})  # type: ignore[arg-type]
        for block, given in enumerate(trials)
    ]
    return cell_summary(of, results, window=1, environment=environment(), unfinished=False)


def weighed(of: Cell, peaks: Sequence[float], *, idle: float = 10) -> CellSummary:
    """A trial for each peak of PSS, in MB; RSS is three times, USS half of it, and `idle` is MB of USS."""
    return each(
        of,
        [
            {
                "pss": Footprint(idle=0, peak=round(peak * MB)),
                "uss": Footprint(idle=round(idle * MB), peak=round(peak * MB / 2)),
                "rss": Footprint(idle=0, peak=round(3 * peak * MB)),
            }
            for peak in peaks
        ],
    )


def elsewhere(summary: CellSummary, workload: str) -> CellSummary:
    """The same figures of another workload."""
    return replace(summary, workload=workload)
