"""The command `lab`."""

from __future__ import annotations

import importlib
import os
import sys

import click

from services.cli.errors import Guarded, short_excepthook

COMMANDS = (
    "up",
    "run",
    "list",
    "show",
    "workloads",
    "nodes",
    "claims",
    "cancel",
    "delete",
    "restore",
    "pin",
    "unpin",
    "serve",
)


class Commands(Guarded):
    """One module a command; only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """In the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Every module calls its command `command`."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"services.cli.{cmd_name}").command
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="concurrency-lab", prog_name="lab")
def lab() -> None:
    """Threads or processes, for this task, on this machine? Measured under real Celery workers.

    \b
    lab up                                    the lab with its pages, until Ctrl-C
    lab run primes --models threads,prefork   one experiment, here in the terminal
    lab claims                                what textbooks say, measured here
    """


def main() -> None:
    """The console script."""
    if not os.environ.get("LAB_DEBUG"):
        sys.excepthook = short_excepthook
    lab(prog_name="lab")
