"""A figure: a chart and a table of the same values, with a name and a few sentences on how to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from services.analysis.coverage import median_bounds
from services.core.report import Report
from services.views.tables import Table

#: `{"data": […], "layout": {…}}`, as Plotly.js takes it; without data where there is nothing to draw. The layout's
#: `meta` may hold `narrow`: what else it is on a screen too narrow for panels side by side.
Chart: TypeAlias = dict[str, Any]
#: One element of a chart's data.
Trace: TypeAlias = dict[str, Any]


def no_table(_: Report) -> Table:
    """No findings: for a figure from which nothing more follows."""
    return Table(columns=(), rows=())


def no_notes(_: Report) -> tuple[str, ...]:
    """No notes: for a figure that needs none."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One figure of an experiment."""

    #: Names it in URLs, JSON and element ids.
    name: str
    title: str
    #: A few sentences: what it shows and how to read it.
    about: str
    chart: Callable[[Report], Chart]
    table: Callable[[Report], Table]
    #: Findings from several cells together: parameters of a law, a knee.
    findings: Callable[[Report], Table] = no_table
    #: Notes: a law that is refused, and why.
    notes: Callable[[Report], tuple[str, ...]] = no_notes
    #: How its values follow from the trials.
    values: str = "Median over repeats"
    #: Kind of the bounds of its values, by the finished trials of the cells.
    bounds: Callable[[Iterable[int]], str] = median_bounds
