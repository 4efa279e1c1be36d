"""`lab list`: the experiments so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import click
from rich.console import RenderableType

from services.cli import terminal
from services.cli.exit_codes import as_typed
from services.cli.experiment_ids import resolved, suggesting
from services.cli.options import as_json, print_json, say
from services.cli.reach import reach_results
from services.core.codec import to_data
from services.core.labels import call
from services.core.report import ListedExperiment, Page
from services.core.safe_text import plain
from services.lab.door import Lab
from services.views import sentences, times

#: Longest page.
MOST: Final = 1000


@click.command(name="list")
@click.option(
    "--count", default=20, metavar="N", show_default=True, type=click.IntRange(1, MOST), help="Number of experiments."
)
@click.option("--before", metavar="ID", help="Only experiments that are older than this one.")
@click.option("--all", "every", is_flag=True, help="All experiments, whatever --count is.")
@as_json
def command(count: int, before: str | None, every: bool, as_json: bool) -> None:
    """List the experiments, newest first. A star marks pinned ones (`lab pin`)."""
    with reach_results() as here, as_typed({"before": "--before"}.get), suggesting(here.lab, before or ""):
        before = None if before is None else resolved(here.lab, before)
        page = _all(here.lab, before) if every else here.lab.experiments(count, before=before)
        health = here.lab.health()
    if as_json:
        print_json({
            "experiments": [to_data(line) for line in page.lines],
            "total": page.total,
            "older": page.older,
        })  # fmt: skip
    elif page.lines:
        terminal.show(terminal.stacked(table(page.lines), _rest(page)))
    else:
        terminal.show(
            "No experiment yet. Run one: lab run primes" if before is None else f"None is older than {before}."
        )
    for damage in health.damages:
        say(terminal.text(sentences.damage(damage)))
    for id, reason in health.set_aside.items():
        say(terminal.text(f"Experiment {id} left the queue: its record could not be read ({plain(reason)})."))


def table(lines: Iterable[ListedExperiment]) -> RenderableType:
    """Return a row per experiment."""
    rows = [
        (
            f"{line.record.experiment.id}{' *' if line.pinned else ''}",
            f"{line.record.state}{', doubtful' if line.record.doubtful else ''}",
            f"{line.progress.done}/{line.progress.total}",
            times.local(line.record.experiment.created),
            call(line.record.experiment.workload, line.record.experiment.params),
        )
        for line in lines
    ]
    return terminal.plain_table(("id", "state", "trials", "created", "workload"), rows, cut=True)


def _all(lab: Lab, before: str | None) -> Page:
    """Return every experiment that is older than `before` as one page."""
    page = lab.experiments(MOST, before=before)
    while page.older is not None:
        more = lab.experiments(MOST, before=page.older)
        page = replace(more, lines=(*page.lines, *more.lines))
    return page


def _rest(page: Page) -> str:
    """Return how to see older experiments; empty where there are none."""
    if page.older is None:
        return ""
    last = page.lines[-1].record.experiment.id
    return f"{len(page.lines)} of {page.total} experiments. Older ones: lab list --before {last}, or --all"
