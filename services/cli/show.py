"""`lab show ID`: one experiment."""

from __future__ import annotations

import click

from services.cli import terminal
from services.cli.experiment_ids import resolved, suggesting
from services.cli.options import as_json, print_json
from services.cli.reach import reach_results
from services.cli.results import more, result
from services.core.codec import to_data


@click.command(name="show")
@click.argument("id")
@as_json
def command(id: str, as_json: bool) -> None:
    """Show the results of the experiment ID: its id, the beginning of it, or `last`. `lab list` prints the ids."""
    with reach_results() as here:
        id = resolved(here.lab, id)
        with suggesting(here.lab, id):
            report = here.lab.report(id)
        if as_json:
            print_json(to_data(report))
            return
        terminal.show(*result(report, more=more(here.dashboard, id)))
