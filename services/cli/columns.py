"""Plain text in columns, and text wrapped to the width of a terminal that nobody has widened."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 80
GAP = "  "


def columns(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """Rows under their heads; the columns numbered in `right` are aligned to the right."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        return GAP.join(
            text.rjust(width) if place in right else text.ljust(width)
            for place, (text, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

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
