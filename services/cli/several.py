"""What commands that take several ids have in common: all ids are tried, and every failure is reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from services.cli.errors import WRONG_USAGE
from services.cli.options import print_json, say
from services.core.errors import Conflict, NotFound

ids = click.argument("ids", nargs=-1, required=True, metavar="ID...")


def each(
    ctx: click.Context, ids: Sequence[str], act: Callable[[str], None], *, done: str, more: str = "", as_json: bool
) -> None:
    """Call `act` with every id, and end with WRONG_USAGE if it refused one.

    `done` is the past participle that names what happened, `more` follows it.
    """
    succeeded, refused = [], {}
    for id in dict.fromkeys(ids):
        try:
            act(id)
        except (NotFound, Conflict) as error:
            refused[id] = str(error)
        else:
            succeeded.append(id)
    if as_json:
        print_json({done: succeeded, "refused": refused})
    else:
        for id in succeeded:
            click.echo(f"Experiment {id} is {done}{more}")
        for message in refused.values():
            say(f"Error: {message}")
    if refused:
        ctx.exit(WRONG_USAGE)
