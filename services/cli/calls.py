"""`lab calls peek`: the calls that wait in a queue, as a file to measure with."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from services.broker.waiting_calls import WaitingCalls, waiting_calls
from services.cli.exit_codes import Guarded
from services.cli.options import say
from services.core.errors import InvalidRequest, NotFound, Problem
from services.core.task_reference import TaskCall


@click.group(name="calls", cls=Guarded)
def command() -> None:
    """Calls of your own task, to measure it with."""


@command.command()
@click.option(
    "--broker",
    required=True,
    metavar="URL",
    envvar="CELERY_BROKER_URL",
    show_envvar=True,
    help="The Redis server of your application: redis://…",
)
@click.option("--queue", default="celery", show_default=True, metavar="NAME", help="The queue to read.")
@click.option("--task", metavar="NAME", help="Keep the calls of this task. Without it: of all.")
@click.option(
    "--most", default=1000, show_default=True, type=click.IntRange(1, 10_000), help="The oldest messages to read."
)
@click.option("--prefix", default="", metavar="TEXT", help="Your application's `global_keyprefix`, if it has one.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="A new file. Without it: stdout.")
def peek(broker: str, queue: str, task: str | None, most: int, prefix: str, output: Path | None) -> None:
    """Copy the calls that wait in a queue, one JSON object per line. The queue stays as it is.

    A queue holds what workers have not done yet: where they are behind, rare and slow calls are over-represented.
    The file may hold personal data and passwords: read it before you use it.

    \b
    lab calls peek --broker redis://localhost/0 --queue images -o calls.jsonl
    """
    found = waiting_calls(broker, queue, task=task, most=most, prefix=prefix)
    if not found.calls:
        raise NotFound(f"no usable call among {_skipped(found)}")
    if output is None:
        sys.stdout.writelines(_lines(found.calls))
    else:
        _write(output, _lines(found.calls))
    say(f"{len(found.calls)} calls of {found.waiting} waiting messages{_left_out(found)}.")


def _lines(calls: Iterable[TaskCall]) -> Iterable[str]:
    # As ASCII: half of a surrogate pair is valid JSON, and no text that a file can hold.
    return (json.dumps({"args": call.args, "kwargs": call.kwargs}) + "\n" for call in calls)


def _write(path: Path, lines: Iterable[str]) -> None:
    """Write a new file that only its owner can read. Raises InvalidRequest."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        raise InvalidRequest([Problem("--output", str(path), f"must be a new file: {error.strerror}")]) from error


def _left_out(found: WaitingCalls) -> str:
    return f"; left out: {_skipped(found)}" if found.skipped else ""


def _skipped(found: WaitingCalls) -> str:
    return ", ".join(f"{count} with {reason}" for reason, count in found.skipped.items())
