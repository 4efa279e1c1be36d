"""The made-up span table is one that the lab takes for whole."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.synthetic import PINGS, SLOTS, node_trial, span_table
from services.analysis.trial.merging import summarise
from services.analysis.trial.spans import pack
from tests.unit.analysis import made

COUNT = 20_000


def test_it_makes_a_result_with_figures() -> None:
    result = summarise(made.trial(), [node_trial(pack(span_table(COUNT, seed=1)), COUNT)], elapsed=1.0)
    assert result.failure == ""
    assert result.figures is not None
    assert result.figures.tasks == COUNT - PINGS
    assert result.figures.littles_law == pytest.approx(1, abs=0.05)
    assert SLOTS / 2 < result.figures.in_slots <= SLOTS


def test_every_stamp_comes_after_the_one_before() -> None:
    stamps = span_table(COUNT, seed=1).rows[:, :7]
    assert (np.diff(stamps, axis=1) >= 0).all()


def test_no_slot_runs_two_tasks_at_once() -> None:
    table = span_table(COUNT, seed=1).part(PINGS, COUNT)
    for slot in np.unique(table.pid):
        mine = table.where(table.pid == slot)
        assert (mine.started[1:] >= mine.stored[:-1]).all()


def test_the_same_seed_makes_the_same_table() -> None:
    assert (span_table(1000, seed=2).rows == span_table(1000, seed=2).rows).all()
    assert (span_table(1000, seed=2).rows != span_table(1000, seed=3).rows).any()
