"""A report rearranged for its page."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.pages.answer_card import AnswerCard, answer_cards
from dashboard.pages.compare import MOST
from services.core.models import Model
from services.core.report import Report, VariantVerdict
from services.core.summary import CellSummary, TrialSummary, Warn
from services.core.trial import Facts
from services.views.charts.drawing import Drawing
from services.views.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class CellsWarned:
    """A warning with all cells that it concerns, and its text for each."""

    name: Warn
    remedy: str
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    """A trial with the cell it is of."""

    cell: CellSummary
    trial: TrialSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRow:
    """Facts that the measured workers of a model reported."""

    model: Model
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with everything beside its chart."""

    drawing: Drawing
    table: Table
    findings: Table
    notes: tuple[str, ...]
    #: Kind of the bounds in its table.
    bounds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantShown:
    """The verdict on a variant with what the page needs beside it."""

    verdict: VariantVerdict
    #: Its swept parameters as text; empty where nothing is swept.
    heading: str
    #: Its first cells as the comparison page names them.
    fastest: tuple[str, ...]
    #: None while nothing is measured.
    answer: AnswerCard | None


def variants(report: Report) -> tuple[VariantShown, ...]:
    """Return the verdict on every variant."""
    answers = answer_cards(report) or (None,) * len(report.verdict.variants)
    return tuple(
        VariantShown(
            verdict=one,
            heading=", ".join(f"{name} {value}" for name, value in one.variant.items()),
            fastest=tuple(f"{report.id}:{ranked.cell}" for ranked in one.ranking[:MOST]),
            answer=answer,
        )
        for one, answer in zip(report.verdict.variants, answers, strict=True)
    )


def figure(drawing: Drawing, report: Report) -> Figure:
    """Return the figure as this report fills it."""
    return Figure(
        drawing=drawing,
        table=drawing.table(report).filled,
        findings=drawing.findings(report).filled,
        notes=drawing.notes(report),
        bounds=drawing.bounds(cell.finished for cell in report.cells),
    )


def warnings(report: Report) -> tuple[CellsWarned, ...]:
    """Each warning and remedy once, in the order of the closed list."""
    found: dict[tuple[Warn, str], list[tuple[str, str]]] = {}
    for cell in report.cells:
        for warned in cell.warnings:
            found.setdefault((warned.name, warned.remedy), []).append((cell.name, warned.text))
    order = list(Warn)
    return tuple(
        CellsWarned(name=name, remedy=remedy, texts=tuple(texts))
        for (name, remedy), texts in sorted(found.items(), key=lambda item: order.index(item[0][0]))
    )


def trials(report: Report) -> tuple[TrialRow, ...]:
    """Trials that ended, in the order they ran."""
    rows = [TrialRow(cell=cell, trial=trial) for cell in report.cells for trial in cell.trials]
    return tuple(sorted(rows, key=lambda row: row.trial.index))


def facts(report: Report) -> tuple[FactsRow, ...]:
    """Return one row per model, more where its workers differ."""
    rows = [FactsRow(model=cell.model, facts=cell.facts) for cell in report.cells if cell.facts is not None]
    return tuple(dict.fromkeys(rows))
