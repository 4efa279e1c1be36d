"""`lab delete ID...`: delete experiments."""

from __future__ import annotations

import click

from services.cli.options import as_json
from services.cli.reach import reach_results
from services.cli.several import each, ids
from services.store.keeping import RESTORABLE


@click.command(name="delete")
@ids
@as_json
@click.pass_context
def command(ctx: click.Context, /, ids: tuple[str, ...], as_json: bool) -> None:
    """Delete experiments with all their results.

    For ten minutes `lab restore` brings them back. An experiment that runs must be cancelled first, a pinned one
    unpinned.
    """
    more = f"; for {RESTORABLE / 60:.0f} minutes `lab restore` brings it back"
    with reach_results() as here:
        each(ctx, ids, here.lab.delete, done="deleted", more=more, as_json=as_json)
