"""`lab show ID`: one experiment."""

from __future__ import annotations

import click

from services.cli.options import as_json, print_json
from services.cli.reach import reach_results
from services.cli.results import result
from services.core.codec import to_data


@click.command(name="show")
@click.argument("id")
@as_json
def command(id: str, as_json: bool) -> None:
    """Show what is known of the experiment ID; `lab list` has the ids."""
    with reach_results() as here:
        report = here.lab.report(id)
        if as_json:
            print_json(to_data(report))
            return
        more = f"Charts: {here.dashboard}/experiments/{id}" if here.dashboard else f"All: lab show {id} --json"
        click.echo(result(report, more=more))
