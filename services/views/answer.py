"""The answer of an experiment as sentences and a table, for terminals and pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.core.advice import CellPick, Certainty, Diagnosis, VariantAdvice
from services.core.labels import bare, label, listed, planned_rate
from services.core.quantities import counted, duration, number, size
from services.core.report import Report
from services.core.summary import Interval
from services.views.tables import Column, Row, Table, bounded, spread

CEILINGS: Final = (
    Column(heading="cell"),
    Column(heading="ceiling", unit="tasks/s"),
    *bounded("reached", "%"),
    Column(heading="set by"),
)


def title(pick: CellPick) -> str:
    """Return what a pick is: `fastest and best value: threads@4`."""
    return f"{listed(pick.aims)}: {bare(pick)}"


def figures(pick: CellPick) -> str:
    """Return the figures of a pick: `185 tasks/s (180 to 190), p99 in the slot 11 ms, memory 92 MiB`."""
    rate = f"{number(pick.throughput.estimate)} tasks/s{_bounds(pick.throughput)}"
    p99, where = duration(pick.p99.estimate), "in the slot "
    if pick.rate is not None:
        rate, where = f"keeps up with {planned_rate(pick.rate)}", ""
    on = "" if pick.replicas == 1 else f", on each of {pick.replicas} nodes"
    return f"{rate}, p99 {where}{p99}, memory {size(round(pick.memory.estimate))}{on}"


def gives_up(pick: CellPick) -> str:
    """Return what a user of the model does without; empty where it offers everything."""
    return f"You give up: {listed([one.text for one in pick.gives_up], most=20)}." if pick.gives_up else ""


def not_enforced(pick: CellPick) -> str:
    """Return which time limits of the task the model does not enforce; empty where it enforces all."""
    return f"Not enforced here: {listed(pick.unenforced)}." if pick.unenforced else ""


def reasons(pick: CellPick) -> tuple[str, ...]:
    """Return why the command has settings, each reason once."""
    return tuple(dict.fromkeys(one.reason for one in pick.settings if one.reason))


def names(report: Report) -> dict[str, str]:
    """Return the name of every cell within its variant, by its whole name."""
    return {
        cell.name: label(cell.model, concurrency=cell.concurrency, replicas=cell.replicas, rate=cell.rate)
        for cell in report.cells
    }


def diagnosis(found: Diagnosis, shown: Mapping[str, str]) -> str:
    """Return what limits which cells, how that is known, and what to do about it; `shown` are the `names` of cells."""
    cells = f" ({listed([shown[name] for name in found.cells])})" if len(found.cells) > 1 else ""
    return f"{found.limit}{cells}: {found.text}{f' {found.remedy}' if found.remedy else ''}"


def certainty(found: Certainty) -> tuple[str, str]:
    """Return how sure the picks are, and what would make them surer; the second is empty where nothing would."""
    sure = f"{found.sureness}, {counted(found.repeats, 'repeat')}"
    doubts = f"; {listed(found.doubts)}" if found.doubts else ""
    surer = f"Surer: {' '.join(found.surer)}" if found.surer else ""
    return f"How sure: {sure}{doubts}.", surer


def ceilings(advice: VariantAdvice, shown: Mapping[str, str]) -> Table:
    """Return a row per model: the ceiling of its fastest cell and the share of it that was reached."""
    rows: tuple[Row, ...] = tuple(
        (shown[one.cell], one.at_most, *spread(one.reached.scaled(100)), str(one.set_by)) for one in advice.ceilings
    )
    return Table(columns=CEILINGS, rows=rows)


def _bounds(of: Interval) -> str:
    return "" if of.bounds is None else f" ({' to '.join(map(number, of.bounds))})"
