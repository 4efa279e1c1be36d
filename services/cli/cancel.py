"""`lab cancel ID`: give an experiment up."""

from __future__ import annotations

import click

from services.cli.options import as_json, print_json
from services.cli.reach import reach
from services.core.codec import to_data


@click.command(name="cancel")
@click.argument("id")
@as_json
def command(id: str, as_json: bool) -> None:
    """Cancel the experiment ID. Finished trials are kept."""
    lab = reach().lab
    lab.cancel(id)
    if as_json:
        print_json(to_data(lab.report(id)))
    else:
        click.echo(f"Experiment {id} will be cancelled.")
