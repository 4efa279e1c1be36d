"""The span table as arrays: a row a task, a named column a stamp; and as text, to be carried and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concurrency_lab_inside.stamps import COLUMNS, Outcome, Stamp
from services.analysis.trial import packing
from services.core.units import NANOSECOND

#: One int64 a row: CLOCK_MONOTONIC ns for a time stamp, 0 = not stamped.
Column: TypeAlias = NDArray[np.int64]
#: One float64 a row, seconds. Means nothing in rows that lack one of its two stamps.
Durations: TypeAlias = NDArray[np.float64]
#: One bool a row.
Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class SpanTable:
    """A read-only view of rows x COLUMNS int64, never a copy: rows still being written are seen as they fill.

    Raises ValueError for an array of another shape or type.
    """

    rows: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.rows.dtype != np.int64 or self.rows.ndim != 2 or self.rows.shape[1] != COLUMNS:
            raise ValueError(f"no span table: {self.rows.dtype} of shape {self.rows.shape}")
        view = self.rows.view()
        view.flags.writeable = False
        object.__setattr__(self, "rows", view)

    @classmethod
    def over(cls, memory: bytes | memoryview) -> Self:
        """The table that fills `memory`, native byte order. Raises ValueError unless it is whole rows."""
        return cls(np.frombuffer(memory, dtype=np.int64).reshape(-1, COLUMNS))

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, first: int, last: int) -> SpanTable:
        """Rows [first, last)."""
        return SpanTable(self.rows[first:last])

    def where(self, mask: Mask) -> SpanTable:
        """The rows in which `mask` is true: a copy of those."""
        return SpanTable(self.rows[mask])

    def column(self, stamp: Stamp) -> Column:
        """A field of every row."""
        return self.rows[:, stamp]

    @property
    def published(self) -> Column:
        return self.column(Stamp.PUBLISHED)

    @property
    def received(self) -> Column:
        return self.column(Stamp.RECEIVED)

    @property
    def handed_over(self) -> Column:
        return self.column(Stamp.HANDED_OVER)

    @property
    def started(self) -> Column:
        return self.column(Stamp.STARTED)

    @property
    def finished(self) -> Column:
        return self.column(Stamp.FINISHED)

    @property
    def stored(self) -> Column:
        return self.column(Stamp.STORED)

    @property
    def returned(self) -> Column:
        return self.column(Stamp.RETURNED)

    @property
    def cpu(self) -> Column:
        """CPU time in the body, ns."""
        return self.column(Stamp.CPU)

    @property
    def storing_cpu(self) -> Column:
        """CPU time in storing the result, ns."""
        return self.column(Stamp.STORING_CPU)

    @property
    def pid(self) -> Column:
        return self.column(Stamp.PID)

    @property
    def thread(self) -> Column:
        return self.column(Stamp.THREAD)

    @property
    def starts(self) -> Column:
        return self.column(Stamp.STARTS)

    @property
    def outcome(self) -> Column:
        """An `Outcome` a row."""
        return self.column(Stamp.OUTCOME)

    @property
    def told(self) -> Column:
        """What the workload returned, where it tells something."""
        return self.column(Stamp.TOLD)

    @property
    def out(self) -> Durations:
        """From the main process into a slot. Under load, queueing is in it."""
        return _seconds(self.handed_over, self.started)

    @property
    def body(self) -> Durations:
        """The workload itself."""
        return _seconds(self.started, self.finished)

    @property
    def held(self) -> Durations:
        """How long a slot was taken: the body and the storing of its result."""
        return _seconds(self.started, self.stored)

    @property
    def back(self) -> Durations:
        """From the stored result to the main process's notice of it."""
        return _seconds(self.stored, self.returned)

    @property
    def ended(self) -> Mask:
        """Tasks whose body came to its end, well or not."""
        outcome = self.outcome
        mask: Mask = (outcome == Outcome.OK) | (outcome == Outcome.RAISED)
        return mask

    @property
    def lost(self) -> Mask:
        """Tasks that were published and whose body never came to its end."""
        mask: Mask = (self.published != 0) & ~self.ended
        return mask

    @property
    def raised(self) -> Mask:
        mask: Mask = self.outcome == Outcome.RAISED
        return mask

    @property
    def duplicated(self) -> Mask:
        """Tasks that were begun more than once."""
        return self.starts > 1


def _seconds(start: Column, end: Column) -> Durations:
    durations = (end - start).astype(np.float64)
    durations *= NANOSECOND
    return durations


def pack(table: SpanTable) -> str:
    """The table as ASCII text: about 30 bytes for a row of ROW_BYTES."""
    return packing.pack(table.rows)


def unpack(text: str) -> SpanTable:
    """The table that `pack` wrote, its columns contiguous. Raises Unreadable."""
    return SpanTable(packing.unpack(text))
