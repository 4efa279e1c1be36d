"""The answer of a variant in a sentence or two, doubts first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from services.analysis.answer.picks import Choices
from services.core.advice import Aim, CellPick, Certainty, Objectives, Sureness
from services.core.labels import bare, listed, planned_rate
from services.core.models import Model
from services.core.quantities import duration, number, percent, size
from services.core.summary import CellSummary, Interval

#: Doubts that a headline names.
MOST_DOUBTS: Final = 2


def headline(chosen: Sequence[CellPick], sure: Certainty | None, of: Choices | None, objectives: Objectives) -> str:
    """Return the answer, after the objectives that it keeps; without a pick, that there is none."""
    if not chosen or sure is None or of is None:
        return "No cell can be picked."
    names = {name: bare(cell) for name, cell in of.cells.items()}
    fastest, value = chosen[0], next((one for one in chosen if Aim.BEST_VALUE in one.aims), None)
    clauses = [_fastest(fastest, sure, names)]
    if value is not None and value.cell != fastest.cell:
        clauses.append(_value(value, fastest, names))
    doubts = f"Not reliable: {'; '.join(sure.doubts[:MOST_DOUBTS])}. " if sure.doubts else ""
    return f"{doubts}{_within(objectives)}{'; '.join(clauses)}."


def missing(
    named: Mapping[Aim, str], cells: Sequence[CellSummary], objectives: Objectives, processors: int | None
) -> str:
    """Return why an aim has no cell; empty where each has one. `cells` are the measured cells of the variant."""
    if not named:
        return _none_keeps(cells, objectives)
    if Aim.NO_CHANGE in named or processors is None:
        return ""
    default = f"{Model.PREFORK}@{processors} with Celery's own settings, which `celery worker` without options starts"
    if any(bare(cell) == f"{Model.PREFORK}@{processors}" for cell in cells):
        kept = "does not keep a planned rate" if cells[0].rate is not None else "does not qualify"
        return f"Nothing to change: {default}, {kept} or the objectives."
    return f"Nothing to change: {default}, was not measured (--models {Model.PREFORK} --concurrency {processors})."


def _within(objectives: Objectives) -> str:
    """Return the objectives as the beginning of a sentence; empty without any."""
    kept = []
    if objectives.max_memory is not None:
        kept.append(f"at most {size(objectives.max_memory)}")
    if objectives.p99 is not None:
        kept.append(f"p99 of at most {duration(objectives.p99)}")
    return f"With {listed(kept)}: " if kept else ""


def _fastest(pick: CellPick, sure: Certainty, names: Mapping[str, str]) -> str:
    name = names[pick.cell]
    if pick.rate is not None:
        return f"{name} keeps up with {planned_rate(pick.rate)}, p99 {duration(pick.p99.estimate)}"
    rate = f"{number(pick.throughput.estimate)} tasks/s"
    if sure.sureness is Sureness.SINGLE:
        return f"{name} was fastest with {rate}, but a single repeat may be chance"
    if sure.sureness is Sureness.ALONE:
        return f"{name} does {rate}; there is no other cell to compare it with"
    if not sure.equally_good:
        return f"{name} is fastest with {rate}"
    tied = listed([names[one] for one in sure.equally_good])
    least = f"{name} needs the least memory of them ({size(round(pick.memory.estimate))})"
    if sure.sureness is Sureness.EQUAL:
        return f"{tied} are equally fast within 5 %; {least}"
    return f"Too close to call between {tied}; {least}"


def _value(value: CellPick, fastest: CellPick, names: Mapping[str, str]) -> str:
    memory = f"{size(round(value.memory.estimate))} instead of {size(round(fastest.memory.estimate))}"
    if value.rate is not None:
        return f"{names[value.cell]} keeps up with {planned_rate(value.rate)} in {memory}"
    reached = "" if value.of_fastest is None else f"reaches {_share(value.of_fastest)} in "
    return f"{names[value.cell]} {reached}{memory}"


def _share(ratio: Interval) -> str:
    if ratio.bounds is None:
        return f"{percent(ratio.estimate)} of that"
    low, high = ratio.bounds
    return f"{percent(ratio.estimate)} of that ({percent(low)} to {percent(high)})"


def _none_keeps(cells: Sequence[CellSummary], objectives: Objectives) -> str:
    """Return how near the cells come to the objectives."""
    measured = [(cell, cell.memory, cell.latency) for cell in cells if cell.memory and cell.latency]
    if not measured:
        return ""
    wanted = []
    if objectives.max_memory is not None:
        small, memory, _ = min(measured, key=lambda each: each[1].pss.peak.estimate)
        least = size(round(memory.pss.peak.estimate))
        wanted.append(f"--max-memory {size(objectives.max_memory)} (least: {least}, {bare(small)})")
    if objectives.p99 is not None:
        quick, _, latency = min(measured, key=lambda each: each[2].p99.estimate)
        wanted.append(f"--p99 {duration(objectives.p99)} (lowest: {duration(latency.p99.estimate)}, {bare(quick)})")
    if wanted:
        return f"No cell keeps {listed(wanted)}."
    return "No cell keeps a planned rate."
