"""Writing the span table: a file of int64 rows that every process of the measured worker maps."""

from __future__ import annotations

import mmap
import time

from services.core.stamps import COLUMNS, Stamp


class SpanWriter:
    """Maps the shared memory behind descriptor `file` and writes single fields of it.

    Forked slots inherit the mapping. Every field has one writer at a time, so nothing is locked; aligned int64 stores
    are whole on every machine the lab runs on.
    """

    def __init__(self, file: int) -> None:
        self._map = mmap.mmap(file, 0)
        self._fields = memoryview(self._map).cast("q")

    def stamp(self, row: int, field: Stamp) -> None:
        """Write the time."""
        self._fields[row * COLUMNS + field] = time.monotonic_ns()

    def write(self, row: int, field: Stamp, value: int) -> None:
        """Write `value`."""
        self._fields[row * COLUMNS + field] = value

    def read(self, row: int, field: Stamp) -> int:
        """The field as it is now."""
        return self._fields[row * COLUMNS + field]
