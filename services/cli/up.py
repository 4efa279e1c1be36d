"""`lab up`: the whole lab on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import time

import click

from services.cli.errors import Terminated, terminable
from services.cli.options import as_json, print_json, say
from services.cli.serve import SERVE
from services.core.settings import Settings
from services.lab.local import Local, data_folder


@click.command(name="up")
@click.option("--bind", metavar="HOST:PORT", help="Where the pages are served; LAB_BIND, or 127.0.0.1:8000.")
@as_json
def command(bind: str | None, as_json: bool) -> None:
    """Start the whole lab on this machine; Ctrl-C ends it.

    Starts a ledger (unless LAB_REDIS_URL names one) and a broker to measure on (unless LAB_BROKER_URL or LAB_REDIS_URL
    names one), a conductor, a node and the pages, and starts again whichever of them dies. What was measured is kept in
    $XDG_DATA_HOME/concurrency-lab. The pages answer under localhost and the address they are bound to;
    LAB_HOSTS=name,name adds the names they are published under. The newest 1000 experiments are kept (LAB_KEEP), and
    those that are pinned.
    """
    settings = Settings.read(os.environ if bind is None else {**os.environ, "LAB_BIND": bind})
    try:
        with terminable(), Local(data_folder(), settings, serve=SERVE, dashboard=True, say=say) as local:
            if as_json:
                print_json({"url": local.dashboard, "pid": os.getpid()})
            else:
                click.echo(f"Concurrency Lab is ready: open {local.dashboard}")
            while True:
                local.tick()
                time.sleep(0.2)
    except Terminated:
        return  # what whoever runs it as a service asks for
