"""Runs this machine's agent until it is told to stop."""

from __future__ import annotations

import logging
import os
import secrets
import threading
from contextlib import suppress
from typing import Final

from celery import signals

from services.broker import leftovers
from services.broker.queues import Queues
from services.core.errors import StoreUnreachable
from services.core.settings import Settings
from services.core.trial import TrialSpec
from services.node import fingerprint, trialfolder
from services.node.agent import Agent
from services.node.naming import take_name
from services.node.orders import add_orders, queue
from services.node.rig import Rig
from services.store import keys
from services.store.connection import Client, connect, wait_until_reached
from services.store.control import control_app, leave_in_time
from services.store.experiments import Experiments
from services.store.nodes import LEASE_LIFETIME, Lease, Nodes

#: Exit code of an agent whose name another one has.
NAME_TAKEN: Final = 2
log = logging.getLogger(__name__)


def serve(settings: Settings, redis_url: str) -> None:
    """Announce the node and answer orders. Blocks until SIGTERM or SIGINT. Raises Conflict if its name is taken."""
    client = connect(redis_url)
    wait_until_reached(client)
    queues, nodes = Queues(client), Nodes(client)
    take_name(nodes, settings.node)
    _sweep(client)
    # What was killed just now still has its lease.
    again = threading.Timer(LEASE_LIFETIME, _sweep, args=(client,))
    again.daemon = True
    again.start()

    def rig(spec: TrialSpec) -> Rig:
        return Rig(spec, redis_url=redis_url, queues=queues)

    def lease(attempt: str) -> Lease:
        return Lease(client, keys.lease(attempt), holder="")

    agent = Agent(
        name=settings.node,
        instance=secrets.token_hex(8),
        fingerprint=fingerprint.take(queues.server()),
        nodes=nodes,
        experiments=Experiments(client),
        rig=rig,
        lease=lease,
        lost=lambda: os._exit(NAME_TAKEN),
    )
    app = control_app("node", redis_url)
    add_orders(app, agent)

    def on_ready(**_: object) -> None:
        # The beat says it again.
        with suppress(StoreUnreachable):
            agent.announce()
        threading.Thread(target=agent.beat, name="beat", daemon=True).start()

    signals.worker_ready.connect(on_ready, weak=False)

    def on_shutting_down(**_: object) -> None:
        leave_in_time()
        agent.stop()

    signals.worker_shutting_down.connect(on_shutting_down, weak=False)
    # Two slots: one measures, the other can be told to abandon it.
    arguments = ["worker", "-P", "threads", "-c", "2", "-n", f"node@{settings.node}", "-Q", queue(settings.node)]
    app.worker_main([*arguments, "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"])


def _sweep(client: Client) -> None:
    try:
        leftovers.sweep(client)
    except StoreUnreachable as error:
        log.warning("%s", error)
    trialfolder.sweep()
