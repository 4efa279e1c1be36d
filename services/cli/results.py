"""A report as text: its cells, what follows from them, and what to be careful about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType

from services.analysis.coverage import median_bounds
from services.cli.answer import advice
from services.cli.terminal import Block, beside, indented, stacked, table
from services.core.experiment import State
from services.core.labels import call
from services.core.report import Report
from services.core.summary import Warn
from services.views import sentences
from services.views.cell_table import cells, numbered_warnings
from services.views.charts.drawing import Drawing
from services.views.charts.efficiency import EFFICIENCY
from services.views.charts.load import LOAD
from services.views.charts.payload import PAYLOAD
from services.views.charts.slot_memory import SLOT_MEMORY
from services.views.charts.speedup import SPEEDUP

#: The figures whose values are not in the table of cells.
FIGURES: Final = (SPEEDUP, EFFICIENCY, SLOT_MEMORY, PAYLOAD, LOAD)
#: Cells named under a warning; JSON has all of them.
MOST_NAMED: Final = 3


def result(report: Report, *, more: Block) -> Iterator[Block]:
    """Yield the blocks of a report; `more` names where to look further."""
    yield _head(report)
    yield _state(report)
    yield table(cells(report))
    legend = tuple(_legend(report))
    yield stacked(*legend) if legend else ""
    yield report.verdict.text
    if len(report.verdict.variants) > 1:
        yield stacked(*(indented(f"{sentences.variant(one)}: {one.text}") for one in report.verdict.variants))
    yield sentences.why_ended(report)
    for figure in FIGURES:
        yield from _figure(figure, report)
    marks = numbered_warnings(report)
    yield stacked(*(_warning(name, mark, report) for name, mark in marks.items())) if marks else ""
    yield stacked(*(f"Measured on {sentences.machine(node)}" for node in report.environment.nodes))
    yield sentences.own_worker(report)
    yield more
    yield from advice(report)


def more(dashboard: str | None, id: str) -> Block:
    """Return where the charts and the trials of an experiment are."""
    charts = f"{dashboard}/experiments/{id}" if dashboard else f"`lab up`, then /experiments/{id}"
    return stacked(f"Charts: {charts}", f"Every trial: lab show {id} --json")


def _head(report: Report) -> str:
    asked = report.experiment
    repeats = f"{asked.repeats} repeat{'' if asked.repeats == 1 else 's'}"
    return f"{call(asked.workload, asked.params)} · {asked.effort}, {repeats} · experiment {report.id}"


def _state(report: Report) -> str:
    """Return nothing for an experiment that finished and whose verdict can be relied on."""
    trials = f"({report.progress.done} of {report.progress.total} trials)"
    if report.state is State.FINISHED:
        return f"{sentences.standing(report.state, doubtful=True)} {trials}" if report.verdict.doubts else ""
    reason = f": {report.reason}" if report.reason else ""
    return f"{report.state}{reason} {trials}"


def _legend(report: Report) -> Iterator[str]:
    """Yield the meaning of the stars and of the numbers in parentheses, where there are any."""
    if bounds := median_bounds(cell.finished for cell in report.cells):
        yield f"In parentheses: {bounds}."
    if report.verdict.best:
        yield "* The fastest cell, or one that these trials cannot distinguish from it."


def _figure(figure: Drawing, report: Report) -> Iterator[Block]:
    """Yield the tables and notes of a figure as one block; nothing where it has none."""
    # The values of PAYLOAD are a row per size and channel: its lines repeat them.
    values = () if figure is PAYLOAD else (figure.table(report),)
    tables = [table(one) for one in (*values, figure.findings(report)) if one.rows]
    notes = [indented(note) for note in figure.notes(report)]
    if tables or notes:
        yield stacked(figure.title, *tables, *notes)


def _warning(name: Warn, mark: int, report: Report) -> RenderableType:
    """Return what to do about a warning, and what it is about in the first cells that have it."""
    found = [(cell.name, warned) for cell in report.cells for warned in cell.warnings if warned.name == name]
    lines = [f"{name}: {found[0][1].remedy}", *(f"{cell}: {warned.text}" for cell, warned in found[:MOST_NAMED])]
    if len(found) > MOST_NAMED:
        lines.append(f"and {', '.join(cell for cell, _ in found[MOST_NAMED:])}")
    return beside(f"[{mark}]", *lines, columns=6)
