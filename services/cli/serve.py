"""`lab serve PART`: one process of the lab, for containers and for `lab up`."""

from __future__ import annotations

import os
import sys
from typing import Final

import click

from services.core.errors import InvalidRequest, Problem
from services.core.settings import Settings

#: The command line of `lab serve` in this installation. -P: a `services` in the user's folder is not ours.
SERVE: Final = (sys.executable, "-P", "-m", "services.cli", "serve")


@click.command(name="serve")
@click.argument("part", type=click.Choice(["dashboard", "conductor", "node"]))
@click.option("--redis", "redis_url", metavar="URL", help="Address of the ledger; default: LAB_REDIS_URL.")
@click.option(
    "--broker",
    "broker_url",
    metavar="URL",
    help="Address of the broker under test; default: LAB_BROKER_URL, or the ledger.",
)
def command(part: str, redis_url: str | None, broker_url: str | None) -> None:
    """Run one process of the lab until SIGTERM.

    Reads LAB_REDIS_URL, LAB_BROKER_URL, LAB_BIND, LAB_HOSTS and LAB_NODE. The conductor and all nodes of a lab need
    the same two servers.
    """
    sys.excepthook = sys.__excepthook__  # its stderr is a log
    if redis_url is not None:
        os.environ["LAB_REDIS_URL"] = redis_url
    if broker_url is not None:
        os.environ["LAB_BROKER_URL"] = broker_url
    settings = Settings.read(os.environ)
    if settings.redis_url is None:
        raise InvalidRequest([Problem("LAB_REDIS_URL", None, "must be set, or given with --redis")])
    if part == "conductor":
        from services.lab.root.conductor import serve_conductor

        serve_conductor(settings, settings.redis_url)
    elif part == "node":
        from services.lab.root.node import serve_node

        serve_node(settings, settings.redis_url)
    else:
        # The dashboard is a neighbour, not a part of the command line: this process becomes it.
        os.execv(sys.executable, [sys.executable, "-P", "-m", "dashboard"])
