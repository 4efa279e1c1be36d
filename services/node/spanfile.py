"""The span table as its node sees it: made in shared memory, read as an array while the worker writes it."""

from __future__ import annotations

import mmap
import os

import numpy as np
from numpy.typing import NDArray

from concurrency_lab_inside.stamps import COLUMNS, ROW_BYTES, Stamp, WorkerField

#: Rows of a table. Pages that are never written take no memory.
CAPACITY = 1 << 18


class SpanFile:
    """A table of CAPACITY rows, given out in order, and a last row about the worker itself."""

    def __init__(self) -> None:
        #: Nameless, so nothing is left behind however this process ends; the worker inherits the descriptor.
        self.file = os.memfd_create("lab-spans")
        os.ftruncate(self.file, (CAPACITY + 1) * ROW_BYTES)
        self._map = mmap.mmap(self.file, 0)
        self._rows: NDArray[np.int64] = np.frombuffer(self._map, np.int64).reshape(CAPACITY + 1, COLUMNS)
        self._given = 0

    def give(self, count: int) -> range:
        """Return the next `count` rows. Raises ValueError when the table is full."""
        rows = range(self._given, self._given + count)
        if rows.stop > CAPACITY:
            raise ValueError(f"a trial has at most {CAPACITY} tasks")
        self._given = rows.stop
        return rows

    def stamp_published(self, row: int, at: int) -> None:
        """Write the publisher's own stamp."""
        self._rows[row, Stamp.PUBLISHED] = at

    def column(self, rows: range, field: Stamp) -> NDArray[np.int64]:
        """Return a live view of one field."""
        return self._rows[rows.start : rows.stop, field]

    def count(self, rows: range, field: Stamp) -> int:
        """Count the rows that have the field stamped."""
        return int(np.count_nonzero(self.column(rows, field)))

    def reconnects(self) -> int:
        """Return how often the worker connected to the broker again after a loss."""
        return max(0, int(self._rows[-1, WorkerField.CONNECTIONS]) - 1)

    def read(self) -> NDArray[np.int64]:
        """Return a copy of all rows given out, (rows, COLUMNS) int64."""
        return self._rows[: self._given].copy()

    def close(self) -> None:
        """Give the descriptor back; the memory goes when the last view of it does."""
        os.close(self.file)
