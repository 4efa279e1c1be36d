"""A span table names the columns of an array and computes durations, and never copies the array."""

from __future__ import annotations

import numpy as np
import pytest

from concurrency_lab_inside.stamps import COLUMNS, Outcome, Stamp
from services.analysis.trial.spans import SpanTable
from tests.unit.analysis.made import EPOCH, never_begun, never_received, row, slot_lost, stamped, table, unfinished


def test_every_stamp_has_a_column_of_its_name() -> None:
    found = table(list(range(100, 100 + COLUMNS)), list(range(200, 200 + COLUMNS)))
    for stamp in set(Stamp) - {Stamp.OUTCOME}:
        assert getattr(found, stamp.name.lower()).tolist() == [100 + stamp, 200 + stamp]


def test_what_the_main_process_knows_of_a_task_goes_before_what_its_slot_wrote() -> None:
    found = table(row(0), stamped(row(0, outcome=Outcome.RAISED), fate=Outcome.TIMED_OUT))
    assert found.outcome.tolist() == [Outcome.OK, Outcome.TIMED_OUT]
    assert found.lost.tolist() == [False, True]


def test_a_retried_or_rejected_task_has_ended_and_is_not_lost() -> None:
    for outcome in (Outcome.RETRIED, Outcome.IGNORED, Outcome.REJECTED):
        found = table(row(0, outcome=outcome))
        assert found.ended.all() and not found.lost.any() and not found.raised.any()


def test_durations_are_seconds_between_two_stamps() -> None:
    found = table(row(5, out=1, body=20, storing=3, back=4), row(9, out=2, body=40, storing=6, back=8))
    assert found.out.tolist() == pytest.approx([0.001, 0.002])
    assert found.body.tolist() == pytest.approx([0.020, 0.040])
    assert found.held.tolist() == pytest.approx([0.023, 0.046])
    assert found.back.tolist() == pytest.approx([0.004, 0.008])


def test_durations_keep_their_nanoseconds_after_a_year_of_uptime() -> None:
    year = 365 * 86_400 * 10**9
    found = table(stamped(row(0), started=year, finished=year + 1, stored=year + 10**9 + 1))
    assert found.body[0] == pytest.approx(1e-9)
    assert found.held[0] == pytest.approx(1 + 1e-9, abs=1e-12)


def test_a_part_is_a_view_of_its_rows() -> None:
    whole = table(row(0), row(1), row(2), row(3))
    part = whole.part(1, 3)
    assert part.started.tolist() == [EPOCH + 1_000_000, EPOCH + 2_000_000]
    assert len(part) == 2
    assert np.shares_memory(part.started, whole.rows)


def test_a_table_over_shared_memory_shows_what_is_written_later() -> None:
    memory = bytearray(3 * COLUMNS * 8)
    found = SpanTable.over(memoryview(memory))
    memory[COLUMNS * 8 : COLUMNS * 8 + 8] = (77).to_bytes(8, "little")
    assert found.published.tolist() == [0, 77, 0]


def test_a_table_is_read_only() -> None:
    rows = np.zeros((1, COLUMNS), dtype=np.int64)
    with pytest.raises(ValueError, match="read-only"):
        SpanTable(rows).published[0] = 1
    rows[0, 0] = 1


def test_an_array_of_another_shape_or_type_is_refused() -> None:
    shapes = ((2, COLUMNS + 1), np.int64), ((COLUMNS,), np.int64), ((2, COLUMNS), np.int32), ((2, COLUMNS), np.uint64)
    for shape, kind in shapes:
        with pytest.raises(ValueError, match="no span table"):
            SpanTable(np.zeros(shape, dtype=kind))


def test_memory_that_is_not_whole_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        SpanTable.over(bytes(COLUMNS * 8 + 8))


def test_a_task_is_lost_when_it_was_published_and_its_body_never_ended() -> None:
    unused = [0] * COLUMNS
    raised = row(0, outcome=Outcome.RAISED)
    found = table(row(0), raised, unused, never_received(), never_begun(), unfinished(), slot_lost())
    assert found.lost.tolist() == [False, False, False, True, True, True, True]
    assert found.ended.tolist() == [True, True, False, False, False, False, False]
    assert found.raised.tolist() == [False, True, False, False, False, False, False]


def test_a_task_that_was_begun_twice_is_a_duplicate() -> None:
    assert table(row(0), row(0, starts=2), never_begun()).duplicated.tolist() == [False, True, False]
