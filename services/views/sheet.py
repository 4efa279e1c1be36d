"""A table as CSV (RFC 4180): values unrounded, units in the header, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from typing import Final

from services.views.tables import Column, Table

#: Characters that a spreadsheet takes for the beginning of a formula, or skips before one.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(table: Table) -> str:
    """Empty fields where nothing is known."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([_harmless(_heading(column)) for column in table.columns])
    writer.writerows([[_field(value) for value in row] for row in table.rows])
    return written.getvalue()


def _heading(column: Column) -> str:
    return f"{column.name} ({column.unit})" if column.unit else column.name


def _field(value: float | str | None) -> float | str:
    if value is None:
        return ""
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    """Text that would be a formula is marked as text, in the way of spreadsheets."""
    return f"'{text}" if text.startswith(FORMULA) else text
