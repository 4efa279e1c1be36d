"""The answer of an experiment, rearranged for its page: a card per pick, what limits the task, and how sure that is."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from services.core.advice import CellPick, VariantAdvice
from services.core.models import Model
from services.core.report import Report
from services.views import answer
from services.views.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class PickCard:
    """One pick, in words."""

    #: What it is best at: `fastest and best value`.
    aims: str
    name: str
    model: Model
    figures: str
    #: A command line that can be copied.
    command: str
    #: What it costs, and why it has settings; each a sentence.
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCard:
    """The answer for one variant."""

    picks: tuple[PickCard, ...]
    #: Why an aim has no pick; empty where all have one.
    missing: str
    #: What limits the task, most important first, and the ceilings that theory sets.
    why: tuple[str, ...]
    ceilings: Table
    #: How sure the picks are, and what would make them surer.
    certainty: tuple[str, ...]


def answer_cards(report: Report) -> tuple[AnswerCard, ...]:
    """Return the answer for every variant of the report's verdict, in its order; none while nothing is measured."""
    shown = answer.names(report)
    return tuple(
        AnswerCard(
            picks=tuple(_card(pick) for pick in one.picks),
            missing=one.missing,
            why=tuple(answer.diagnosis(each, shown) for each in one.why),
            ceilings=answer.ceilings(one, shown),
            certainty=() if one.certainty is None else tuple(filter(None, answer.certainty(one.certainty))),
        )
        for one in _in_order(report)
    )


def _in_order(report: Report) -> tuple[VariantAdvice, ...]:
    """Return the advice in the order of the variants of the verdict."""
    variants = report.advice.variants
    return variants if len(variants) == len(report.verdict.variants) else ()


def _card(pick: CellPick) -> PickCard:
    aims, _, name = answer.title(pick).rpartition(": ")
    notes = (answer.not_enforced(pick), answer.gives_up(pick), *answer.reasons(pick))
    return PickCard(
        aims=aims,
        name=name,
        model=pick.model,
        figures=answer.figures(pick),
        command=shlex.join(pick.command),
        notes=tuple(filter(None, notes)),
    )
