"""Tables of values as data."""

from __future__ import annotations

from services.views.tables import Column, Table, bounded

TABLE = Table(
    columns=(Column(heading="cell"), *bounded("over sequential", "×"), *bounded("over one slot", "×")),
    rows=(("threads@1", None, None, None, 1.0, None, None), ("threads@2", None, None, None, 0.9, 0.8, 1.0)),
)


def test_a_filled_table_has_no_column_without_values_and_none_of_its_bounds() -> None:
    assert [column.name for column in TABLE.filled.columns] == [
        "cell",
        "over one slot",
        "low of over one slot",
        "high of over one slot",
    ]
    assert TABLE.filled.rows == (("threads@1", 1.0, None, None), ("threads@2", 0.9, 0.8, 1.0))


def test_a_table_without_rows_keeps_its_columns() -> None:
    assert Table(columns=TABLE.columns, rows=()).filled.columns == TABLE.columns
