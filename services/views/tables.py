"""Tables of values as data, for pages, terminals and CSV files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from services.core.models import Model
from services.core.summary import Interval
from services.core.units import exact

Row: TypeAlias = tuple[float | str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table. Its values are numbers in `unit`, texts, or None where nothing is known."""

    heading: str
    unit: str = ""
    #: The column of which it is a bound; empty if it is none.
    bounds: str = ""

    @property
    def name(self) -> str:
        """Like no other's in its table."""
        return f"{self.heading} of {self.bounds}" if self.bounds else self.heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Values, unrounded. The first column names the row."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    #: The model that the first value of each row names; empty where rows name no model.
    models: tuple[Model, ...] = ()

    @property
    def filled(self) -> Table:
        """The table without columns that have no value; bounds go with the column that they bound."""
        if not self.rows:
            return self
        empty = {
            column.heading
            for place, column in enumerate(self.columns)
            if not column.bounds and all(row[place] is None for row in self.rows)
        }
        kept = [place for place, column in enumerate(self.columns) if (column.bounds or column.heading) not in empty]
        return replace(
            self,
            columns=tuple(self.columns[place] for place in kept),
            rows=tuple(tuple(row[place] for place in kept) for row in self.rows),
        )

    @property
    def bounded(self) -> bool:
        """Whether there are intervals."""
        return any(column.bounds for column in self.columns)

    @property
    def unbounded(self) -> bool:
        """Whether a value has no interval yet."""
        places = [place for place, column in enumerate(self.columns) if column.bounds]
        return any(row[place] is None and row[place - 1] is not None for row in self.rows for place in places)


def bounded(heading: str, unit: str) -> tuple[Column, Column, Column]:
    """Return the columns of a value and the bounds of its interval."""
    low, high = (Column(heading=bound, unit=unit, bounds=heading) for bound in ("low", "high"))
    return Column(heading=heading, unit=unit), low, high


def spread(value: Interval | None) -> Row:
    """Return the values for the columns of `bounded`."""
    return (None, None, None) if value is None else (value.estimate, value.low, value.high)


def whole(value: float) -> float | str:
    """Return a place on an axis with all its digits, so that two places never look the same in a table."""
    return int(value) if value == int(value) else exact(value)
