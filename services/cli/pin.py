"""`lab pin ID...`: keep experiments for good."""

from __future__ import annotations

import click

from services.cli.options import as_json
from services.cli.reach import reach_results
from services.cli.several import each, ids


@click.command(name="pin")
@ids
@as_json
@click.pass_context
def command(ctx: click.Context, /, ids: tuple[str, ...], as_json: bool) -> None:
    """Pin experiments: they are never deleted to make room for new ones.

    The lab keeps the newest 1000 experiments (LAB_KEEP). Those on which the claims of the guide rest stay, too.
    """
    with reach_results() as here:
        each(ctx, ids, here.lab.pin, done="pinned", as_json=as_json)
