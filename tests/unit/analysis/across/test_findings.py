"""All that follows from several cells together, in one piece, and fast enough to be made anew at every look."""

from __future__ import annotations

import time

import numpy as np

from services.analysis.report import findings_of
from services.core.codec import from_json, to_json
from services.core.findings import Findings
from services.core.models import Model
from services.core.summary import CellSummary
from tests.unit.analysis.made import carriage, environment
from tests.unit.analysis.summaries import cell, each, measured, weighed

UNITS = {"argument_bytes": "bytes"}


def many(blocks: int) -> list[CellSummary]:
    """30 cells: 2 models at 5 concurrencies with 3 sizes."""
    random = np.random.default_rng(1)
    return [
        each(
            cell(model, slots, argument_bytes=size),
            [{"throughput": rate, "carriage": carriage(0.001 + size / 1e8)} for rate in rates],
        )
        for model in (Model.THREADS, Model.PREFORK)
        for slots in (1, 2, 4, 8, 16)
        for size in (0, 1_000, 1_000_000)
        for rates in [(100 * slots / (1 + 0.1 * slots) * np.exp(random.normal(0, 0.02, blocks))).tolist()]
    ]


def test_everything_that_follows_is_there() -> None:
    full = [weighed(cell(Model.PREFORK, slots), [30 + 10 * slots] * 3) for slots in (1, 2)]
    rate = measured(cell(Model.PREFORK, 2, rate=10), [10] * 3)
    found = findings_of([*full, rate], environment(), UNITS)
    assert [len(part) for part in (found.scaling, found.memory, found.payload, found.load)] == [1, 1, 0, 1]
    swept = findings_of(many(3), environment(), UNITS)
    assert (len(swept.payload), len(swept.load)) == (10, 0)


def test_nothing_follows_from_nothing() -> None:
    assert findings_of([], environment(), UNITS) == Findings()


def test_findings_survive_their_way_through_json() -> None:
    found = findings_of(many(3), environment(), UNITS)
    assert from_json(Findings, to_json(found)) == found


def test_the_same_cells_always_give_the_same_findings() -> None:
    assert findings_of(many(5), environment(), UNITS) == findings_of(many(5), environment(), UNITS)


def test_thirty_cells_take_a_tenth_of_a_second_at_the_most() -> None:
    cells = many(10)
    findings_of(cells, environment(), UNITS)
    took = []
    for _ in range(5):
        began = time.thread_time()
        findings_of(cells, environment(), UNITS)
        took.append(time.thread_time() - began)
    assert min(took) < 0.1
