"""Trials of a preset, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.core.experiment import Cell, Model
from services.core.trial import Breakdown, Footprint, Told, TrialResult
from services.core.units import Value
from tests.unit.analysis import made

MIB = 2**20


def cell(model: Model, concurrency: int = 2, **params: Value) -> Cell:
    return Cell(workload="primes", params=params, model=model, concurrency=concurrency, replicas=1)


def trials(
    model: Model,
    *rates: float,
    concurrency: int = 2,
    params: Mapping[str, Value] | None = None,
    body: float | None = None,
    memory: float | None = None,
    **figures: Any,
) -> list[TrialResult]:
    """A finished trial for each rate: a repeat each. `memory` is peak PSS in MiB, `body` the mean body in seconds."""
    if body is not None:
        figures["breakdown"] = breakdown(body)
    if memory is not None:
        figures["pss"] = Footprint(idle=0, peak=int(memory * MIB))
    at = cell(model, concurrency, **(params or {}))
    return [made.result(rate, cell=at, repeat=repeat, **figures) for repeat, rate in enumerate(rates)]


def breakdown(body: float) -> Breakdown:
    return replace(made.breakdown(), cpu=body / 2, off_cpu=body / 2)


def told(least: int, most: int) -> Told:
    return Told(least=least, most=most)


def died(model: Model, *lost: int, published: int = 300) -> list[TrialResult]:
    """Failed trials in which so many tasks were lost."""
    return [
        replace(made.result(None, cell=cell(model), repeat=repeat, lost=count), published=published)
        for repeat, count in enumerate(lost)
    ]
