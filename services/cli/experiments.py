"""Commands on several experiments: `lab cancel`, `delete`, `restore`, `pin` and `unpin`.

An id may be its beginning, or `last`. All are tried; every failure is reported, and any failure is wrong usage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from services.cli.exit_codes import WRONG_USAGE
from services.cli.experiment_ids import resolved, suggesting
from services.cli.options import as_json, print_json, say
from services.cli.reach import reach, reach_results
from services.core.errors import Conflict, NotFound
from services.core.units import exact
from services.lab.door import Lab
from services.store.retention import RESTORABLE

_ids = click.argument("ids", nargs=-1, required=True, metavar="ID...")


@click.command()
@_ids
@as_json
def cancel(ids: tuple[str, ...], as_json: bool) -> None:
    """Cancel experiments. Finished trials are kept."""
    lab = reach().lab
    _each(lab, ids, lab.cancel, key="cancelled", result="will be cancelled at its next check", as_json=as_json)


@click.command()
@_ids
@as_json
def delete(ids: tuple[str, ...], as_json: bool) -> None:
    """Delete experiments with all their results.

    For ten minutes `lab restore` brings them back. Cancel a running experiment first; unpin a pinned one.
    """
    restorable = f"is deleted; `lab restore` brings it back within {exact(RESTORABLE / 60)} minutes"
    with reach_results() as here:
        _each(here.lab, ids, here.lab.delete, key="deleted", result=restorable, as_json=as_json)


@click.command()
@_ids
@as_json
def restore(ids: tuple[str, ...], as_json: bool) -> None:
    """Bring back experiments that were deleted in the last ten minutes."""
    with reach_results() as here:
        _each(here.lab, ids, here.lab.restore, key="restored", result="is restored", as_json=as_json)


@click.command()
@_ids
@as_json
def pin(ids: tuple[str, ...], as_json: bool) -> None:
    """Pin experiments: the lab never deletes them to make room for new ones.

    The lab keeps the newest 1000 experiments (LAB_KEEP), and the experiments behind the claims of the guide.
    """
    with reach_results() as here:
        _each(here.lab, ids, here.lab.pin, key="pinned", result="is pinned", as_json=as_json)


@click.command()
@_ids
@as_json
def unpin(ids: tuple[str, ...], as_json: bool) -> None:
    """Undo `lab pin`."""
    with reach_results() as here:
        _each(here.lab, ids, here.lab.unpin, key="unpinned", result="is unpinned", as_json=as_json)


def _each(lab: Lab, ids: Sequence[str], act: Callable[[str], object], *, key: str, result: str, as_json: bool) -> None:
    """Call `act` with every id, and exit with WRONG_USAGE if it refused one.

    `key` names the list of the other ids in JSON, `result` follows an id in a sentence.
    """
    succeeded, refused = [], {}
    for id in dict.fromkeys(resolved(lab, typed) for typed in ids):
        try:
            with suggesting(lab, id):
                act(id)
        except (NotFound, Conflict) as error:
            refused[id] = str(error)
        else:
            succeeded.append(id)
    if as_json:
        print_json({key: succeeded, "refused": refused})
    else:
        for id in succeeded:
            click.echo(f"Experiment {id} {result}.")
        for message in refused.values():
            say(f"Error: {message}")
    if refused:
        click.get_current_context().exit(WRONG_USAGE)
