"""Tables as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from services.views.sheet import csv_text
from services.views.tables import Column, Row, Table


def read(
    *rows: Row, columns: tuple[Column, ...] = (Column(heading="model"), Column(heading="rate", unit="tasks/s"))
) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_text(Table(columns=columns, rows=rows)))))


def test_units_are_in_the_header() -> None:
    assert read() == [["model", "rate (tasks/s)"]]


def test_values_are_not_rounded_and_the_unknown_is_empty() -> None:
    third = 1 / 3
    _, first, second = read(("threads x2", third), ('a, "b"', None))
    assert first == ["threads x2", repr(third)]
    assert second == ['a, "b"', ""]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_run_is_marked_as_text(formula: str) -> None:
    written = csv_text(Table(columns=(Column(heading=formula),), rows=((formula,),)))
    heading, value = csv.reader(io.StringIO(written, newline=""))
    assert heading == value == [f"'{formula}"]


def test_a_negative_number_stays_a_number() -> None:
    assert read(("threads", -0.5))[1] == ["threads", "-0.5"]
