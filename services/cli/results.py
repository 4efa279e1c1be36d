"""A report as text: a table within 80 columns, what follows from it, and what to be careful about."""

from __future__ import annotations

from collections.abc import Iterable

from services.cli import human
from services.cli.columns import columns, wrapped
from services.core.environment import Node
from services.core.experiment import State
from services.core.report import CellSummary, Interval, Report, Warned


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
        wrapped(report.verdict.text),
        "\n".join(_note(mark, warned) for warned, mark in notes.items()),
        "\n".join(wrapped(machine(node), indent="  ", first="Measured on ") for node in report.environment.nodes),
        wrapped(more),
    ]
    return "\n\n".join(part for part in parts if part)


def table(cells: Iterable[CellSummary], *, best: Iterable[str], notes: dict[Warned, int]) -> str:
    """A line a cell: `*` is fastest, a number in brackets is a warning below."""
    fastest = set(best)
    rows = [
        (
            f"{cell.name}{' *' if cell.name in fastest else ''}",
            *_figures(cell),
            _marks(notes[warned] for warned in cell.warnings),
        )
        for cell in cells
    ]
    head = ("cell", "tasks/s", "interval", "p50", "PSS peak", "hand-over", "")
    return columns(head, rows, right=frozenset({1, 2, 3, 4, 5}))


def bounds(interval: Interval | None) -> str:
    """`49.1–51.0`, as rates."""
    if interval is None or interval.low is None or interval.high is None:
        return human.NOTHING
    return f"{human.rate(interval.low)}–{human.rate(interval.high)}"


def machine(node: Node) -> str:
    """What about a node could change a figure, in a line."""
    found = node.fingerprint
    return (
        f"{node.name}: {found.cpu_model}, {human.digits(found.usable_cores)} of {found.cores} cores, "
        f"{human.size(found.memory_limit)}, Python {found.python}, Celery {found.celery}, {found.store}"
    )


def _figures(cell: CellSummary) -> tuple[str, str, str, str, str]:
    rate, latency, memory, handover = cell.throughput, cell.latency, cell.memory, cell.handover
    return (
        human.NOTHING if rate is None else human.rate(rate.median),
        bounds(rate),
        human.NOTHING if latency is None else human.duration(latency.p50),
        human.NOTHING if memory is None else human.size(memory.pss.median),
        human.NOTHING if handover is None else human.duration(handover.median),
    )


def _state(report: Report) -> str:
    if report.state is State.FINISHED:
        return ""
    progress = report.progress
    reason = f": {report.reason}" if report.reason else ""
    return wrapped(f"{report.state}{reason} ({progress.done} of {progress.total} trials)")


def _notes(cells: Iterable[CellSummary]) -> dict[Warned, int]:
    """Every warning once, numbered in the order in which they appear."""
    seen = dict.fromkeys(warned for cell in cells for warned in cell.warnings)
    return {warned: number for number, warned in enumerate(seen, 1)}


def _note(mark: int, warned: Warned) -> str:
    return wrapped(f"{warned.name}: {warned.text} {warned.remedy}", indent="     ", first=f"{f'[{mark}]':<5}")


def _marks(numbers: Iterable[int]) -> str:
    """`[1]`, `[1,3]`, `[1,2,…]`: what fits the last of the 80 columns."""
    found = sorted(set(numbers))
    if not found:
        return ""
    return f"[{','.join(map(str, found[:2]))}{',…' if len(found) > 2 else ''}]"
