"""Tables and paragraphs as text, laid out by rich: without colours, and 80 columns wide in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import StringIO
from itertools import takewhile
from typing import Final, TypeAlias

import click
from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from services.core.quantities import number
from services.core.safe_text import plain
from services.views.tables import Column, Row, Table

#: Width where the output is no terminal.
WIDTH: Final = 80
#: Longer lines are hard to read, however wide the terminal is.
WIDEST: Final = 120

#: A paragraph, or what this module returns.
Block: TypeAlias = str | RenderableType


def show(*blocks: Block) -> None:
    """Print blocks on stdout with a blank line between them."""
    click.echo(text(*blocks, width=width()))


def width() -> int:
    """Return the number of columns to fill on stdout."""
    return min(Console().width, WIDEST) if sys.stdout.isatty() else WIDTH


def text(*blocks: Block, width: int = WIDTH) -> str:
    """Return blocks as text of at most `width` columns with a blank line between them; empty strings are left out."""
    file = StringIO()
    console = Console(file=file, width=width, height=WIDTH, color_system=None, force_terminal=False)
    for place, block in enumerate(block for block in blocks if block != ""):
        if place:
            console.print()
        console.print(words(block) if isinstance(block, str) else block)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def words(text: str) -> Text:
    """Return a paragraph that shows every character as it is, escapes of a terminal and markup included."""
    return Text(plain(text, len(text)))


def stacked(*blocks: Block) -> RenderableType:
    """Return blocks below each other without a blank line."""
    return Group(*(words(block) if isinstance(block, str) else block for block in blocks if block != ""))


def indented(block: Block, columns: int = 2) -> RenderableType:
    """Return a block that begins `columns` from the left."""
    return Padding(words(block) if isinstance(block, str) else block, (0, 0, 0, columns))


def beside(mark: str, *blocks: Block, columns: int) -> RenderableType:
    """Return blocks to the right of a mark; the mark and the gap after it fill `columns`."""
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=columns - 2)
    grid.add_column()
    grid.add_row(words(mark), stacked(*blocks))
    return grid


def table(found: Table, *, cut: bool = False) -> RenderableType:
    """Return a table: numbers on the right, bounds behind their value; a column without values is left out.

    Headings of numbers are as wide as the numbers. Texts are folded where the table is too wide; with `cut` the texts
    of the last column are cut instead.
    """
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="")
    found = found.filled
    shown = [place for place, column in enumerate(found.columns) if not column.bounds]
    for place in shown:
        column, is_cut = found.columns[place], cut and place == shown[-1]
        heading = f"{column.heading} ({column.unit})" if column.unit else column.heading
        is_number = any(isinstance(row[place], int | float) for row in found.rows)
        is_fixed = is_number or (cut and not is_cut)
        longest = max(cell_len(text) for text in (*heading.split(), *(_cell(found, row, place) for row in found.rows)))
        grid.add_column(words(heading), justify="right" if is_number else "left", width=longest if is_fixed else None)
    for row in found.rows:
        cells = [Text(_cell(found, row, place)) for place in shown]
        if cut:
            cells[-1].no_wrap, cells[-1].overflow = True, "ellipsis"
        grid.add_row(*cells)
    return grid


def plain_table(headings: Sequence[str], rows: Sequence[Row], *, cut: bool = False) -> RenderableType:
    """Return a table of columns without units."""
    return table(Table(columns=tuple(Column(heading=one) for one in headings), rows=tuple(rows)), cut=cut)


def command(*words: str) -> Block:
    """Return a command line that can be copied: in one line if it fits, else in lines that end with a backslash."""
    if cell_len(" ".join(words)) <= WIDTH:
        return " ".join(words)
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        # Room for the backslash, and for the indentation of this line and of the block.
        if cell_len(longer) > WIDTH - 8:
            lines.append(word)
        else:
            lines[-1] = longer
    first, *others = (*(f"{line} \\" for line in lines[:-1]), lines[-1])
    return stacked(first, *(indented(one, 4) for one in others))


def _cell(found: Table, row: Row, place: int) -> str:
    """Return `1.50 (1.35–1.65)`, `1.00` where the bounds equal the value, `–` or a text."""
    value = row[place]
    if isinstance(value, str):
        return plain(value, len(value))
    after = zip(found.columns[place + 1 :], row[place + 1 :], strict=True)
    bounds = [bound for _, bound in takewhile(lambda one: one[0].bounds, after)]
    # Without an interval: a baseline, which is compared with itself.
    known = [number(bound) for bound in bounds if isinstance(bound, int | float) and set(bounds) != {value}]
    return f"{number(value)} ({'–'.join(known)})" if known else number(value)
