"""`lab unpin ID...`: undo `lab pin`."""

from __future__ import annotations

import click

from services.cli.options import as_json
from services.cli.reach import reach_results
from services.cli.several import each, ids


@click.command(name="unpin")
@ids
@as_json
@click.pass_context
def command(ctx: click.Context, /, ids: tuple[str, ...], as_json: bool) -> None:
    """Undo `lab pin`."""
    with reach_results() as here:
        each(ctx, ids, here.lab.unpin, done="unpinned", as_json=as_json)
