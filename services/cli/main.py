"""The command `lab`."""

from __future__ import annotations

import os
import pkgutil
import sys
from typing import Final

import click

from services.cli.exit_codes import Guarded, short_excepthook
from services.core.suggestions import did_you_mean

#: The module and the function of every command, in the order in which a newcomer needs them.
COMMANDS: Final = {
    "up": "up:command",
    "run": "run:command",
    "list": "list:command",
    "show": "show:command",
    "workloads": "workloads:command",
    "nodes": "nodes:command",
    "claims": "claims:command",
    "cancel": "experiments:cancel",
    "delete": "experiments:delete",
    "restore": "experiments:restore",
    "pin": "experiments:pin",
    "unpin": "experiments:unpin",
    "tasks": "own_application:command",
    "calls": "calls:command",
    "serve": "serve:command",
}


class Commands(Guarded):
    """The commands of the lab; only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command by its name; an unknown one is a usage error that names the nearest."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            ctx.fail(f"There is no command {name!r}{did_you_mean(name, COMMANDS) or '.'}")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import and return a command; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = pkgutil.resolve_name(f"services.cli.{COMMANDS[cmd_name]}")
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="concurrency-lab", prog_name="lab")
def lab() -> None:
    """Threads or processes, for this task, on this machine? Measured under real Celery workers.

    \b
    lab up                                    the lab with its pages, until Ctrl-C
    lab run primes --models threads,prefork   one experiment, here in the terminal
    lab claims                                textbook claims, measured here
    """


def main() -> None:
    """Run the command line: the console script."""
    if not os.environ.get("LAB_DEBUG"):
        sys.excepthook = short_excepthook
    lab(prog_name="lab")
