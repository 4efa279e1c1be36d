"""`lab restore ID...`: bring back deleted experiments."""

from __future__ import annotations

import click

from services.cli.options import as_json
from services.cli.reach import reach_results
from services.cli.several import each, ids


@click.command(name="restore")
@ids
@as_json
@click.pass_context
def command(ctx: click.Context, /, ids: tuple[str, ...], as_json: bool) -> None:
    """Bring back experiments that were deleted in the last ten minutes."""
    with reach_results() as here:
        each(ctx, ids, here.lab.restore, done="restored", as_json=as_json)
