"""Plain text in columns, and text wrapped to the usual width of a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 80
GAP = "  "


def columns(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """Rows under their heads, within WIDTH if the columns after the first are; those in `right` are right-aligned.

    A first cell too long for that has a line of its own, above the rest of its row.
    """
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    room = WIDTH - sum(len(GAP) + width for width in widths[1:])
    if widths[0] > room:
        widths[0] = max((len(row[0]) for row in (head, *rows) if len(row[0]) <= room), default=0)

    def line(cells: Sequence[str]) -> str:
        own, first = (f"{cells[0]}\n", "") if len(cells[0]) > widths[0] else ("", cells[0])
        shown = GAP.join(
            text.rjust(width) if place in right else text.ljust(width)
            for place, (text, width) in enumerate(zip((first, *cells[1:]), widths, strict=True))
        )
        return own + shown.rstrip()

    return "\n".join(line(row) for row in (head, *rows))


def wrapped(text: str, *, indent: str = "", first: str | None = None) -> str:
    """`text` within WIDTH, `first` before its first line and `indent` before the others."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
