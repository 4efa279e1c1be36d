"""Blocks as text of a fixed width."""

from __future__ import annotations

import sys

import pytest
from rich.cells import cell_len

from services.cli import terminal
from services.cli.terminal import WIDTH, beside, command, indented, plain_table, stacked, table, text
from services.views.tables import Column, Table, bounded

VALUES = Table(
    columns=(Column(heading="model"), *bounded("rate", "tasks/s"), Column(heading="peak", unit="MiB")),
    rows=(("threads", 50, 40.0, 60.0, None), ("prefork", None, None, None, None)),
)
LONG = "word " * 60


def test_a_value_has_its_bounds_behind_it_and_an_unknown_one_is_a_dash() -> None:
    _, rule, *rows = text(table(VALUES)).splitlines()
    assert set(rule) == {"─"}
    assert rows == ["threads  50 (40.0–60.0)", "prefork               –"]


def test_a_baseline_whose_bounds_are_its_value_has_none_behind_it() -> None:
    columns = (Column(heading="cell"), *bounded("speed-up", "×"))
    found = text(table(Table(columns=columns, rows=(("threads@1", 1.0, 1.0, 1.0), ("threads@2", 1.0, 0.9, 1.1)))))
    assert [line.split(maxsplit=1)[1] for line in found.splitlines()[-2:]] == ["1.00", "1.00 (0.900–1.10)"]


def test_a_column_without_values_is_left_out() -> None:
    assert "peak" not in text(table(VALUES))


def test_a_heading_of_numbers_is_folded_to_the_width_of_the_numbers() -> None:
    shown = text(table(Table(columns=(Column(heading="a", unit="s"), Column(heading="one two")), rows=((1, 2),))))
    assert [line.split() for line in shown.splitlines()[:2]] == [["one"], ["a", "(s)", "two"]] or "one\n" in shown


def test_every_block_fits_the_width() -> None:
    wide = [(LONG, 123456789, LONG), ("x" * 100, 1, "y" * 100)]
    blocks = (LONG, indented(LONG, 4), beside("[1]", LONG, columns=6), plain_table(("first", "n", "last"), wide))
    for width in (40, WIDTH):
        assert max(map(cell_len, text(*blocks, width=width).splitlines())) <= width


def test_the_last_column_can_be_cut_so_that_a_row_is_one_line() -> None:
    shown = text(plain_table(("id", "workload"), [("1a2b", LONG)], cut=True)).splitlines()
    assert len(shown) == 3
    assert shown[-1].endswith("…") and len(shown[-1]) == WIDTH


def test_text_is_shown_as_it_is_without_markup_emoji_or_escapes() -> None:
    hostile = "[b]bold[/b] :smile: \x1b[31mred\u202e"
    shown = text(hostile, indented(hostile), plain_table(("a",), [(hostile,)]))
    assert shown.count("[b]bold[/b] :smile: \\x1b[31mred\\u202e") == 3


def test_wide_characters_keep_the_columns_in_line() -> None:
    rows = text(plain_table(("name", "n"), [("測定", 1), ("long name", 2)])).splitlines()[2:]
    assert len({cell_len(row) for row in rows}) == 1


def test_blocks_have_a_blank_line_between_them_and_empty_ones_leave_none() -> None:
    assert text("one", "", stacked("two", "", "three")) == "one\n\ntwo\nthree"


def test_a_command_that_is_too_long_continues_after_a_backslash() -> None:
    assert text(command("lab run wait", "-p a=1")) == "lab run wait -p a=1"
    assert text(command("lab run wait", f"-p a={'1' * 60}", "-p b=2", "-p c=3")).splitlines() == [
        "lab run wait \\",
        f"    -p a={'1' * 60} -p b=2 \\",
        "    -p c=3",
    ]


def test_a_terminal_is_filled_up_to_a_readable_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert terminal.width() == WIDTH
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert terminal.width() == terminal.WIDEST
