"""What a figure is: a chart and a table of the same values, with a name and a sentence on how to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from services.core.summary import CellSummary

Cells: TypeAlias = tuple[CellSummary, ...]
#: `{"data": […], "layout": {…}}`, as Plotly.js takes it.
Chart: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table. Its values are numbers in `unit`, models, texts, or None where nothing is known."""

    heading: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The values of a chart, unrounded."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[float | str | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One figure of an experiment."""

    #: Names it in URLs, JSON and element ids.
    name: str
    title: str
    #: One or two sentences: what it shows and how to read it.
    about: str
    chart: Callable[[Cells], Chart]
    table: Callable[[Cells], Table]
