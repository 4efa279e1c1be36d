"""Runs this machine's agent until it is told to stop."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from celery import signals

from services.broker import leftovers as broker_leftovers
from services.broker.brokers import broker_at
from services.broker.contract import Broker
from services.core.errors import BrokerUnreachable, StoreUnreachable
from services.core.settings import Settings
from services.core.trial import TrialSpec
from services.core.units import Seconds
from services.node import fingerprint, trialfolder
from services.node.agent import Agent
from services.node.naming import take_name
from services.node.orders import add_orders, queue
from services.node.rig import Rig
from services.node.sampler import ServerCpu
from services.store import keys
from services.store import leftovers as ledger_leftovers
from services.store.connection import Client, connect, wait_until_reached
from services.store.control import control_app, leave_in_time
from services.store.experiments import Experiments
from services.store.nodes import LEASE_LIFETIME, Lease, Nodes
from services.store.serverinfo import ServerInfo

#: Exit code of an agent whose name another one has.
NAME_TAKEN: Final = 2
#: Between two attempts to reach a broker that does not answer when the agent starts.
PAUSE: Seconds = 0.5
log = logging.getLogger(__name__)


def serve(settings: Settings, redis_url: str) -> None:
    """Announce the node and answer orders. Blocks until SIGTERM or SIGINT. Raises Conflict if its name is taken."""
    client = connect(redis_url)
    wait_until_reached(client)
    nodes, server = Nodes(client), ServerInfo(client)
    broker = broker_at(settings.broker_url or redis_url)
    take_name(nodes, settings.node)
    version, run = _reached(broker)
    shared = run == server.run()
    ledger = None if shared else ServerCpu(read=server.cpu, here=server.machine() == fingerprint.this_machine())

    def lease(attempt: str) -> Lease:
        return Lease(client, keys.lease(attempt), holder="")

    def sweep() -> None:
        _sweep(client, broker, lambda attempt: lease(attempt).held())

    sweep()
    # What was killed just now still has its lease.
    again = threading.Timer(LEASE_LIFETIME, sweep)
    again.daemon = True
    again.start()

    def rig(spec: TrialSpec) -> Rig:
        return Rig(spec, broker=broker, ledger=ledger)

    agent = Agent(
        name=settings.node,
        instance=secrets.token_hex(8),
        fingerprint=fingerprint.take(ledger=server.version(), broker=None if shared else version),
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


def _reached(broker: Broker) -> tuple[str, str]:
    """Version and run of the broker's server, as soon as it answers: the node cannot measure without it."""
    while True:
        try:
            return broker.version(), broker.ping()
        except BrokerUnreachable as error:
            log.warning("%s; trying again", error)
            time.sleep(PAUSE)


def _sweep(client: Client, broker: Broker, held: Callable[[str], bool]) -> None:
    try:
        ledger_leftovers.sweep(client)
        broker_leftovers.sweep(broker, held)
    except (StoreUnreachable, BrokerUnreachable) as error:
        log.warning("%s", error)
    trialfolder.sweep()
