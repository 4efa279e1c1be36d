"""Writing the span table: a file of int64 rows that every process of the measured worker maps."""

from __future__ import annotations

import mmap
import os

from concurrency_lab_inside.stamps import COLUMNS, Stamp


class SpanColumns:
    """Maps the shared memory behind descriptor `file`, and closes that.

    Forked slots inherit the mapping. Every field has one writer at a time, so nothing is locked; aligned int64 stores
    are whole on every machine the lab runs on.
    """

    def __init__(self, file: int) -> None:
        self._fields = memoryview(mmap.mmap(file, 0)).cast("q")
        # The mapping stays; processes that a task starts would inherit the descriptor.
        os.close(file)

    def column(self, field: Stamp) -> memoryview[int]:
        """Return one field of all rows, by row: a write to it is in the table."""
        return self._fields[field::COLUMNS]

    @property
    def worker(self) -> memoryview[int]:
        """Return the last row, by `WorkerField`."""
        return self._fields[-COLUMNS:]
