"""`lab show ID`: one experiment."""

from __future__ import annotations

import click

from services.analysis.answer.advising import picked_again
from services.cli import terminal
from services.cli.answer import with_objectives
from services.cli.experiment_ids import resolved, suggesting
from services.cli.options import as_json, print_json
from services.cli.reach import reach_results
from services.cli.results import more, result
from services.core.advice import Objectives
from services.core.codec import to_data


@click.command(name="show")
@click.argument("id")
@with_objectives
@as_json
def command(id: str, objectives: Objectives, as_json: bool) -> None:
    """Show the results of the experiment ID: its id, the beginning of it, or `last`. `lab list` prints the ids.

    --max-memory and --p99 pick another cell from the same figures.
    """
    with reach_results() as here:
        id = resolved(here.lab, id)
        with suggesting(here.lab, id):
            report = picked_again(here.lab.report(id), objectives)
        if as_json:
            print_json(to_data(report))
            return
        terminal.show(*result(report, more=more(here.dashboard, id)))
