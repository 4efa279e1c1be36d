"""The span table as its node sees it."""

from __future__ import annotations

import os

import numpy as np
import pytest

from concurrency_lab_inside.stamps import COLUMNS, Stamp
from concurrency_lab_inside.table import SpanColumns
from services.node.spanfile import CAPACITY, SpanFile


def test_rows_are_given_out_in_order_and_each_only_once() -> None:
    spans = SpanFile()
    assert [spans.give(count) for count in (3, 1, 0, 2)] == [range(3), range(3, 4), range(4, 4), range(4, 6)]
    spans.close()


def test_a_full_table_reports_it_and_gives_out_what_is_left() -> None:
    spans = SpanFile()
    spans.give(CAPACITY - 2)
    with pytest.raises(ValueError, match=f"at most {CAPACITY} tasks"):
        spans.give(3)
    assert spans.give(2) == range(CAPACITY - 2, CAPACITY)
    with pytest.raises(ValueError, match="at most"):
        spans.give(1)
    spans.close()


def test_what_the_worker_writes_is_seen_at_once_in_a_column_that_was_taken_before() -> None:
    spans = SpanFile()
    writer = SpanColumns(os.dup(spans.file))
    spans.give(10)
    rows = spans.give(4)
    started = spans.column(rows, Stamp.STARTED)
    assert list(started) == [0, 0, 0, 0]
    assert spans.count(rows, Stamp.STARTED) == 0
    writer.column(Stamp.STARTED)[12] = 2**62
    writer.column(Stamp.STARTED)[14] = 5
    writer.column(Stamp.RECEIVED)[12] = 6
    assert list(started) == [0, 0, 2**62, 0]
    assert spans.count(rows, Stamp.STARTED) == 1
    assert writer.column(Stamp.STARTED)[12] == 2**62
    spans.close()


def test_publisher_and_worker_write_into_one_row() -> None:
    spans = SpanFile()
    (row,) = spans.give(1)
    spans.stamp_published(row, 41)
    SpanColumns(os.dup(spans.file)).column(Stamp(COLUMNS - 1))[row] = 1
    assert list(spans.read()[0]) == [41] + [0] * (COLUMNS - 2) + [1]
    spans.close()


def test_a_copy_holds_the_rows_given_out_and_changes_no_more() -> None:
    spans = SpanFile()
    assert spans.read().shape == (0, COLUMNS)
    spans.give(2)
    copy = spans.read()
    assert copy.shape == (2, COLUMNS) and copy.dtype == np.int64
    spans.stamp_published(0, 41)
    assert copy[0, Stamp.PUBLISHED] == 0
    spans.close()


def test_an_untouched_table_takes_no_memory() -> None:
    spans = SpanFile()
    assert os.fstat(spans.file).st_blocks == 0
    assert os.fstat(spans.file).st_size == (CAPACITY + 1) * COLUMNS * 8
    spans.close()


def test_a_closed_table_can_still_be_read_and_its_descriptor_is_given_back() -> None:
    spans = SpanFile()
    spans.give(1)
    spans.stamp_published(0, 41)
    file = spans.file
    spans.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(file)
    assert spans.read()[0, Stamp.PUBLISHED] == 41
