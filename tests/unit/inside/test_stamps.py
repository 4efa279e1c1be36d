"""The layout of the span table."""

from __future__ import annotations

import enum

import pytest

from concurrency_lab_inside.stamps import COLUMNS, ROW_BYTES, Outcome, Stamp
from services.core.experiment import Cell, State, Trial
from services.core.models import Model


@pytest.mark.parametrize("kind", [Stamp, Outcome])
def test_no_two_names_share_a_number(kind: type[enum.IntEnum]) -> None:
    assert enum.unique(kind) is kind
    assert sorted(kind) == list(range(len(kind)))


def test_a_row_has_a_column_for_every_stamp_and_none_left_over() -> None:
    assert len(Stamp) == COLUMNS
    assert ROW_BYTES == 8 * COLUMNS


def test_times_are_in_the_order_in_which_they_pass() -> None:
    assert list(Stamp)[:7] == [
        Stamp.PUBLISHED,
        Stamp.RECEIVED,
        Stamp.HANDED_OVER,
        Stamp.STARTED,
        Stamp.FINISHED,
        Stamp.STORED,
        Stamp.RETURNED,
    ]


def test_nothing_stamped_means_no_outcome() -> None:
    assert Outcome(0) is Outcome.NONE


def test_sequential_is_what_celery_calls_solo_and_the_others_are_called_as_they_are() -> None:
    assert {model.value: model.traits.pool for model in Model} == {
        "sequential": "solo",
        "threads": "threads",
        "gevent": "gevent",
        "prefork": "prefork",
    }


def test_an_experiment_has_ended_when_nothing_more_will_happen() -> None:
    ended = {state.value for state in State if state.ended}
    assert ended == {"finished", "failed", "cancelled", "ended as intended"}


def test_a_cell_is_named_by_what_differs_within_an_experiment() -> None:
    cell = Cell(workload="primes", params={}, model=Model.THREADS, concurrency=4, replicas=2)
    assert cell.name == "threads@4x2"
    assert Trial(experiment="e1", index=3, cell=cell, repeat=0).id == "e1-3"
