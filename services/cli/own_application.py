"""`lab tasks`: the tasks of a user's own application, and the options that name one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from services.cli import terminal
from services.cli.options import as_json, print_json
from services.cli.terminal import Block, indented
from services.core.errors import InvalidRequest, Problem
from services.own.application import Application, ApplicationFacts, look
from services.own.env_file import variables
from services.own.interpreter import interpreter

python_option = click.option(
    "--python", metavar="PATH", help="Its interpreter; default: $VIRTUAL_ENV, .venv or venv in the folder."
)
chdir_option = click.option(
    "--chdir", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Its folder; default: here."
)
env_file_option = click.option(
    "--env-file", type=click.Path(path_type=Path), help="Variables for it, one NAME=value per line: its test settings."
)


@click.command(name="tasks")
@click.option("--app", required=True, metavar="APP", help="Your Celery application, as for `celery -A`.")
@python_option
@chdir_option
@env_file_option
@as_json
def command(app: str, python: str | None, chdir: Path | None, env_file: Path | None, as_json: bool) -> None:
    """List the tasks of your own Celery application. It is imported, sealed; nothing is called.

    \b
    lab tasks --app shop.celery
    """
    found = look(application(app, python, chdir, env_file))
    if as_json:
        print_json({"python": found.python, "celery": found.celery, "tasks": dict(found.tasks)})
    else:
        terminal.show(*overview(app, found))


def overview(app: str, found: ApplicationFacts) -> Iterator[Block]:
    """Yield what an application has."""
    gevent = "gevent" if found.gevent else "no gevent"
    yield f"{app}: Python {found.python}, Celery {found.celery}, kombu {found.kombu}, {gevent}"
    tasks = [
        terminal.stacked(f"{name}{facts['signature']}", *(indented(text) for text in (_options(facts),) if text))
        for name, facts in found.tasks.items()
    ]
    yield terminal.stacked(*tasks) if tasks else "It registers no task."


def application(app: str, python: str | None, chdir: Path | None, env_file: Path | None) -> Application:
    """Return where an application is. Raises InvalidRequest."""
    folder = (chdir or Path.cwd()).absolute()
    environ = {} if env_file is None else variables(lines_of("--env-file", env_file))
    return Application(app=app, folder=folder, python=interpreter(python, folder, os.environ), environ=environ)


def lines_of(option: str, path: Path) -> list[str]:
    """Return the lines of a file that an option names, without their ends. Raises InvalidRequest.

    A line ends at a newline only: `str.splitlines` would cut a text that holds U+2028 or U+0085.
    """
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest([Problem(option, str(path), f"cannot be read: {error}")]) from error


def _options(facts: Mapping[str, Any]) -> str:
    """Return the options of a task that differ from Celery's defaults."""
    words = {name: value for name, value in facts.items() if name not in ("signature", "max_retries")}
    return " · ".join(
        name.replace("_", " ") if value is True else f"{name.replace('_', ' ')} {value}"
        for name, value in words.items()
    )
