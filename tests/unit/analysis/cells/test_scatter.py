"""How much throughput scatters between trials, once what a block has in common is taken out."""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp

import pytest

from services.analysis.cells.scatter import pooled, residuals
from services.core.trial import TrialResult
from tests.unit.analysis import made

CELLS = [replace(made.THREADS, concurrency=slots) for slots in (1, 2, 4, 8)]


def trials(*, blocks: int, sd: float, drift: float = 0.0, seed: int = 1) -> list[TrialResult]:
    noise = random.Random(seed)
    return [
        made.result(100 * cell.concurrency * exp(drift * block + noise.gauss(0, sd)), cell=cell, repeat=block)
        for block in range(blocks)
        for cell in CELLS
    ]


def test_the_scatter_of_trials_is_found_under_any_drift_from_block_to_block() -> None:
    for drift in (0.0, 0.2):
        found = pooled([residuals(trials(blocks=40, sd=0.05, drift=drift))])
        assert found == pytest.approx(0.05, rel=0.2)


def test_experiments_are_pooled_by_their_degrees_of_freedom() -> None:
    both = [residuals(trials(blocks=4, sd=0.01)), residuals(trials(blocks=40, sd=0.05))]
    assert [one.freedom for one in both] == [9, 117]
    assert pooled(both) == pytest.approx(0.048, rel=0.2)


def test_too_few_trials_say_nothing() -> None:
    assert pooled([]) is None
    assert pooled([residuals(trials(blocks=1, sd=0.05))]) is None
    assert pooled([residuals(trials(blocks=2, sd=0.05))]) is None


def test_blocks_in_which_a_cell_failed_and_planned_rates_are_left_out() -> None:
    whole = trials(blocks=5, sd=0.05)
    failed = [replace(one, figures=None) if one.trial.repeat == 4 else one for one in whole]
    assert residuals(failed) == residuals(trials(blocks=4, sd=0.05))
    paced = [replace(one, trial=replace(one.trial, cell=replace(one.trial.cell, rate=10.0))) for one in whole]
    assert residuals(paced).freedom == 0
