"""Put the lab of one machine together, with the commands that are its processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from services.broker.brokers import broker_at
from services.core.settings import Settings
from services.lab.one_machine import Local, Servers
from services.lab.root.lab import lab
from services.lab.store_watch import StoreWatch
from services.process.child import Child
from services.process.supervisor import Process, Supervisor
from services.store.durable import DurableServer
from services.store.server import EmbeddedServer


def embedded(path: Path, *, log: Path | None = None) -> DurableServer:
    """Return the ledger of the data folder at `path`, not started."""
    return DurableServer(path / "store", log=log)


def local_lab(
    path: Path, settings: Settings, *, serve: Sequence[str], dashboard: bool, say: Callable[[str], None]
) -> Local:
    """Return the lab of the data folder at `path`, not started.

    `serve` is the command that, with `conductor`, `node` or `dashboard` after it, is that process.
    """
    logs = path / "logs"
    ledger = None if settings.redis_url else embedded(path, log=logs / "ledger.log")
    redis_url = settings.redis_url or (ledger.url if ledger else "")
    # A Redis that the user names is measured too, unless the user names another broker.
    own = not (settings.broker_url or settings.redis_url)
    broker = EmbeddedServer(logs, name="broker") if own else None
    broker_url = broker.url if broker else settings.broker_url or redis_url
    environ = {
        **os.environ,
        "LAB_REDIS_URL": redis_url,
        "LAB_BROKER_URL": broker_url,
        "LAB_BIND": settings.bind,
        "LAB_NODE": settings.node,
        "PYTHONUNBUFFERED": "1",
    }
    servers: list[Process] = [server for server in (ledger, broker) if server]
    parts = ("conductor", "node", "dashboard") if dashboard else ("conductor", "node")
    children = [Child(part, [*serve, part], log=logs / f"{part}.log", environ=environ) for part in parts]
    return Local(
        path,
        settings,
        lab=lab(redis_url, keep=settings.keep),
        servers=Servers(
            ledger=ledger,
            broker=broker,
            redis_url=redis_url,
            broker_url=broker_url,
            under_test=broker_at(broker_url),
        ),
        supervisor=Supervisor([servers, children], say=say),
        watch=StoreWatch(redis_url, say=say),
        dashboard=dashboard,
        say=say,
    )
