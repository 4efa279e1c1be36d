"""The span table as arrays: one row per task, one named column per stamp; and packed as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from concurrency_lab_inside.stamps import COLUMNS, Outcome, Stamp
from services.analysis.trial import packing
from services.core.units import NANOSECOND

#: One int64 per row: CLOCK_MONOTONIC ns for a time stamp, 0 = not stamped.
Column: TypeAlias = NDArray[np.int64]
#: One float64 per row, seconds; meaningless in rows that lack one of its two stamps.
Durations: TypeAlias = NDArray[np.float64]
#: One bool per row.
Mask: TypeAlias = NDArray[np.bool_]
#: Outcomes of tasks whose body ended.
ENDED: Final = (Outcome.OK, Outcome.RAISED, Outcome.RETRIED, Outcome.IGNORED, Outcome.REJECTED)


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
        """Return the table that fills `memory`, native byte order. Raises ValueError unless it is whole rows."""
        return cls(np.frombuffer(memory, dtype=np.int64).reshape(-1, COLUMNS))

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, first: int, last: int) -> SpanTable:
        """Return rows [first, last)."""
        return SpanTable(self.rows[first:last])

    def where(self, mask: Mask) -> SpanTable:
        """Return a copy of the rows in which `mask` is true."""
        return SpanTable(self.rows[mask])

    def column(self, stamp: Stamp) -> Column:
        """Return one field of every row."""
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
        """One `Outcome` per row: what the main process alone knows, else what the slot does."""
        fate = self.fate
        found: Column = np.where(fate != Outcome.NONE, fate, self.column(Stamp.OUTCOME))
        return found

    @property
    def number(self) -> Column:
        """The whole number that the workload returned; 0 if it returned none."""
        return self.column(Stamp.NUMBER)

    @property
    def out(self) -> Durations:
        """From the main process into a slot; includes queueing under load."""
        return _seconds(self.handed_over, self.started)

    @property
    def body(self) -> Durations:
        """The workload itself."""
        return _seconds(self.started, self.finished)

    @property
    def held(self) -> Durations:
        """Time for which a slot was occupied: the body and the storing of its result."""
        return _seconds(self.started, self.stored)

    @property
    def back(self) -> Durations:
        """From the stored result to its arrival in the main process."""
        return _seconds(self.stored, self.returned)

    @property
    def ended(self) -> Mask:
        """Tasks whose body ended, with a result, an exception, or as their authors wanted."""
        mask: Mask = np.isin(self.outcome, ENDED)
        return mask

    @property
    def lost(self) -> Mask:
        """Tasks that were published and whose body never ended."""
        mask: Mask = (self.published != 0) & ~self.ended
        return mask

    @property
    def raised(self) -> Mask:
        mask: Mask = self.outcome == Outcome.RAISED
        return mask

    @property
    def taken(self) -> Column:
        """A slot took it, ns."""
        return self.column(Stamp.TAKEN)

    @property
    def fate(self) -> Column:
        """What the main process alone knows: an `Outcome`."""
        return self.column(Stamp.FATE)

    @property
    def children(self) -> Column:
        """Messages that each task sent."""
        return self.column(Stamp.CHILDREN)

    @property
    def duplicated(self) -> Mask:
        """Tasks that came to a slot more than once; only the first time they ran."""
        return self.starts > 1


def _seconds(start: Column, end: Column) -> Durations:
    durations = (end - start).astype(np.float64)
    durations *= NANOSECOND
    return durations


def pack(table: SpanTable) -> str:
    """Return the table as ASCII text: about 30 bytes per row of ROW_BYTES."""
    return packing.pack(table.rows)


def unpack(text: str) -> SpanTable:
    """Return the table that `pack` wrote, its columns contiguous. Raises Unreadable."""
    return SpanTable(packing.unpack(text))
