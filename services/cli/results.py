"""A report as text: a table within 80 columns, what follows from it, and what to be careful about."""

from __future__ import annotations

from collections.abc import Iterable

from services.analysis.cells.reference import sentences
from services.analysis.coverage import median_bounds
from services.cli.findings import findings
from services.core.environment import Node
from services.core.experiment import State
from services.core.report import Report, Verdict
from services.core.summary import CellSummary, Interval, Warn
from services.core.units import Value, exact
from services.views import human
from services.views.columns import columns, wrapped

#: Cells named under a warning; who wants all of them asks for JSON.
MOST_NAMED = 3
#: Marks in the last of the 80 columns.
MOST_MARKS = 3
#: Column of the hand-over cost.
HANDOVER = 5


def result(report: Report, *, more: str) -> str:
    """All of it; `more` says where to look further."""
    asked = report.experiment
    repeats = f"{asked.repeats} repeat{'' if asked.repeats == 1 else 's'}"
    head = f"{human.call(asked.workload, asked.params)} · {asked.effort}, {repeats} · experiment {report.id}"
    notes = _notes(report.cells)
    parts = [
        wrapped(head),
        _state(report),
        table(report.cells, best=report.verdict.best, notes=notes),
        wrapped(_intervals(report.cells)),
        wrapped(report.verdict.text),
        variants(report.verdict),
        wrapped(_why_ended(report)),
        findings(report.findings),
        "\n".join(_note(name, mark, report.cells) for name, mark in notes.items()),
        _measured_on(report),
        wrapped(more),
    ]
    return "\n\n".join(part for part in parts if part)


def _measured_on(report: Report) -> str:
    """The nodes, and what bare processes do there."""
    nodes = [wrapped(machine(node), indent="  ", first="Measured on ") for node in report.environment.nodes]
    return "\n".join([*nodes, *(wrapped(said, indent="  ") for said in sentences(report.findings.bare))])


def table(cells: Iterable[CellSummary], *, best: Iterable[str], notes: dict[Warn, int]) -> str:
    """A line a cell: `*` is fastest, a number in brackets is a warning below."""
    fastest, cells = set(best), tuple(cells)
    swept = dict.fromkeys(name for cell in cells for name in cell.variant)
    rows = [
        (
            f"{_label(cell, swept)}{' *' if cell.name in fastest else ''}",
            *_figures(cell),
            _marks(notes[warned.name] for warned in cell.warnings),
        )
        for cell in cells
    ]
    head = (" ".join(("cell", *swept)), "tasks/s", "interval", "p50", "PSS peak", "hand-over", "")
    # At planned rates hand-over is the last thing to look for, and the names are long.
    shown = [place for place in range(len(head)) if place != HANDOVER or all(cell.rate is None for cell in cells)]
    kept = [[row[place] for place in shown] for row in (head, *rows)]
    return columns(kept[0], kept[1:], right=frozenset(range(1, len(shown) - 1)))


def variants(verdict: Verdict) -> str:
    """The verdict on each variant, where there are several; a headline has no room for figures."""
    if len(verdict.variants) < 2:
        return ""
    return "\n".join(
        wrapped(f"{_values(one.variant)}: {one.text}", indent="    ", first="  ") for one in verdict.variants
    )


def bounds(interval: Interval | None) -> str:
    """`49.1–51.0`, as rates."""
    if interval is None or interval.low is None or interval.high is None:
        return human.NOTHING
    return f"{human.rate(interval.low)}–{human.rate(interval.high)}"


def machine(node: Node) -> str:
    """What about a node could change a figure, in a line."""
    found = node.fingerprint
    return (
        f"{node.name}: {found.cpu_model}, {found.usable_cores:g} of {found.cores} cores, "
        f"{human.size(found.memory_limit)}, {found.python}, Celery {found.celery}, broker {found.measured_on}"
    )


def _figures(cell: CellSummary) -> tuple[str, str, str, str, str]:
    rate, latency, memory, handover = cell.throughput, cell.latency, cell.memory, cell.handover
    return (
        human.NOTHING if rate is None else human.rate(rate.median),
        bounds(rate),
        human.NOTHING if latency is None else human.duration(latency.p50.median),
        human.NOTHING if memory is None else human.size(memory.pss.median),
        human.NOTHING if handover is None else human.duration(handover.median),
    )


def _label(cell: CellSummary, swept: Iterable[str]) -> str:
    """Its name, with bare values of swept parameters, whose names stand in the head."""
    name = cell.name.partition(" ")[0]
    values = "".join(f" {exact(cell.variant[parameter])}" for parameter in swept)
    rate = "" if cell.rate is None else f" at {exact(cell.rate)}/s"
    return f"{name}{values}{rate}"


def _values(variant: dict[str, Value]) -> str:
    return ", ".join(f"{name}={exact(value)}" for name, value in variant.items())


def _state(report: Report) -> str:
    """Nothing for an experiment that finished and whose verdict can be relied on."""
    progress = report.progress
    trials = f"({progress.done} of {progress.total} trials)"
    if report.state is State.FINISHED:
        return f"finished, doubtful {trials}" if report.verdict.doubts else ""
    reason = f": {report.reason}" if report.reason else ""
    return wrapped(f"{report.state}{reason} {trials}")


def _intervals(cells: Iterable[CellSummary]) -> str:
    words = median_bounds(cell.finished for cell in cells)
    return f"Interval: {words}." if words else ""


def _why_ended(report: Report) -> str:
    """Why no repeat was added, where one could have been."""
    reason = report.reason if report.state is State.FINISHED else ""
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""


def _notes(cells: Iterable[CellSummary]) -> dict[Warn, int]:
    """The warnings that were given, numbered in the order in which they appear."""
    seen = dict.fromkeys(warned.name for cell in cells for warned in cell.warnings)
    return {name: number for number, name in enumerate(seen, 1)}


def _note(name: Warn, mark: int, cells: Iterable[CellSummary]) -> str:
    """What to do about it, and what it is about in the first cells that have it."""
    found = [(cell.name, warned) for cell in cells for warned in cell.warnings if warned.name == name]
    lines = [wrapped(f"{name}: {found[0][1].remedy}", indent=" " * 5, first=f"{f'[{mark}]':<5}")]
    lines += [wrapped(f"{cell}: {warned.text}", indent=" " * 7, first=" " * 5) for cell, warned in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        lines.append(wrapped(f"and {', '.join(cell for cell, _ in found[MOST_NAMED:])}", indent=" " * 7, first=" " * 5))
    return "\n".join(lines)


def _marks(numbers: Iterable[int]) -> str:
    """`[1]`, `[1,2,3]`, `[1,2,…]`."""
    found = [str(number) for number in sorted(set(numbers))]
    if len(found) > MOST_MARKS:
        found[MOST_MARKS - 1 :] = "…"
    return f"[{','.join(found)}]" if found else ""
