"""`lab up`: the whole lab on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import time

import click

from services.cli.exit_codes import Terminated, as_typed, terminable
from services.cli.options import as_json, print_json, say
from services.cli.serve import SERVE
from services.core.settings import Settings
from services.lab.one_machine import data_folder
from services.lab.root.one_machine import local_lab


@click.command(name="up")
@click.option("--bind", metavar="HOST:PORT", help="Address of the pages; default: LAB_BIND, or 127.0.0.1:8000.")
@as_json
def command(bind: str | None, as_json: bool) -> None:
    """Start the whole lab on this machine; Ctrl-C ends it.

    Starts a ledger (unless LAB_REDIS_URL names one), a broker to measure (unless LAB_BROKER_URL or LAB_REDIS_URL names
    one), a conductor, a node and the pages, and restarts any that dies. Results are kept in
    $XDG_DATA_HOME/concurrency-lab. The pages answer under localhost and the address of --bind; LAB_HOSTS=name,name
    adds host names. The lab keeps the newest 1000 experiments (LAB_KEEP) and all pinned ones.
    """
    with as_typed({"LAB_BIND": "--bind"}.get if bind is not None else lambda name: name):
        settings = Settings.read(os.environ if bind is None else {**os.environ, "LAB_BIND": bind})
    try:
        with terminable(), local_lab(data_folder(), settings, serve=SERVE, dashboard=True, say=say) as local:
            if as_json:
                print_json({"url": local.dashboard, "pid": os.getpid()})
            else:
                click.echo(f"Concurrency Lab is ready: open {local.dashboard}")
            while True:
                local.tick()
                time.sleep(0.2)
    except Terminated:
        return  # a service manager stops it so: no failure
