"""`lab list`: the experiments so far."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import click

from services.cli.options import as_json, print_json, say
from services.cli.reach import reach_results
from services.core.codec import to_data
from services.core.plain import plain
from services.core.report import Line, Page
from services.lab.door import Lab
from services.views import human
from services.views.columns import columns

#: Longest page.
MOST: Final = 1000


@click.command(name="list")
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, MOST), help="So many experiments.")
@click.option("--before", metavar="ID", help="Only experiments older than this one.")
@click.option("--all", "every", is_flag=True, help="All experiments, whatever --count is.")
@as_json
def command(count: int, before: str | None, every: bool, as_json: bool) -> None:
    """List the experiments, newest first. A star marks those that are pinned (`lab pin`)."""
    with reach_results() as here:
        page = _all(here.lab, before) if every else here.lab.experiments(count, before=before)
        health = here.lab.health()
    if as_json:
        print_json({
            "experiments": [to_data(line) for line in page.lines],
            "total": page.total,
            "older": page.older,
        })  # fmt: skip
    else:
        click.echo(_text(page, before))
    for damage in health.damages:
        say(human.damage(damage))
    for id, reason in health.set_aside.items():
        say(f"1 record could not be read and left the queue: {plain(id)} ({plain(reason)})")


def _all(lab: Lab, before: str | None) -> Page:
    """Every experiment that is older than `before`, as one page."""
    page = lab.experiments(MOST, before=before)
    while page.older is not None:
        more = lab.experiments(MOST, before=page.older)
        page = replace(more, lines=(*page.lines, *more.lines))
    return page


def _text(page: Page, before: str | None) -> str:
    if not page.lines:
        return (
            "No experiment yet: lab run primes" if before is None else f"No experiment is older than {plain(before)}."
        )
    shown = table(page.lines)
    if page.older is None:
        return shown
    last = page.lines[-1].record.experiment.id
    return f"{shown}\n{len(page.lines)} of {page.total} experiments; older ones: lab list --before {last}, or --all"


def table(lines: tuple[Line, ...]) -> str:
    """One line per experiment."""
    rows = []
    for line in lines:
        asked = line.record.experiment
        rows.append((
            f"{asked.id}{' *' if line.pinned else ''}",
            f"{line.record.state}{', doubtful' if line.record.doubtful else ''}",
            f"{line.progress.done}/{line.progress.total}",
            human.moment(asked.created),
            _short(human.call(asked.workload, asked.params)),
        ))  # fmt: skip
    return columns(("id", "state", "trials", "asked", "workload"), rows, right=frozenset({2}))


def _short(text: str, most: int = 32) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
