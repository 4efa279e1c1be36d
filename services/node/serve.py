"""Run this machine's agent as a Celery worker until a signal ends it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from celery import Celery, signals

from services.broker.contract import Broker
from services.core.errors import BrokerUnreachable, Conflict, StoreUnreachable
from services.core.units import Seconds
from services.node import trialfolder
from services.node.agent import Agent
from services.node.orders import add_orders, queue
from services.store import gone_nodes
from services.store.connection import Client, wait_until_reached
from services.store.control_app import leave_in_time
from services.store.nodes import LEASE_LIFETIME, Nodes

#: Exit code of an agent whose name another one has.
NAME_TAKEN: Final = 2
#: Between two attempts to reach a broker that does not answer when the agent starts.
PAUSE: Seconds = 0.5
#: A living agent announces itself every second; one that has not for so long is dead.
WATCH: Seconds = 3.0
#: Between two looks at the announcements of an agent with the same name.
LOOK: Seconds = 0.1
log = logging.getLogger(__name__)


def arrive(client: Client, nodes: Nodes, broker: Broker, *, name: str) -> tuple[str, str]:
    """Wait for the ledger and the broker and take the node's name; return version and run of the broker's server.

    Raises Conflict if the name is taken.
    """
    wait_until_reached(client)
    take_name(nodes, name)
    while True:
        try:
            return broker.version(), broker.ping()
        except BrokerUnreachable as error:
            log.warning("%s; trying again", error)
            time.sleep(PAUSE)


def take_name(nodes: Nodes, name: str, *, watch: Seconds = WATCH) -> None:
    """Return when no living agent has the name: two of one name would take each other's orders.

    What a dead agent of the name left is removed. Raises Conflict, StoreUnreachable.
    """
    left, deadline = nodes.left(name), time.monotonic() + watch
    while left > 0 and time.monotonic() < deadline:
        time.sleep(LOOK)
        before, left = left, nodes.left(name)
        if left > before:
            raise Conflict(f"a node called {name} is at work already: set LAB_NODE to a name of its own")
    nodes.leave(name)


def sweep(client: Client, broker: Broker, held: Callable[[str], bool]) -> None:
    """Remove what killed agents left in ledger, broker and file system, except attempts whose lease is `held`."""
    try:
        gone_nodes.sweep(client)
        forget_ended_attempts(broker, held)
    except (StoreUnreachable, BrokerUnreachable) as error:
        log.warning("%s", error)
    trialfolder.sweep()


def forget_ended_attempts(broker: Broker, held: Callable[[str], bool]) -> int:
    """Forget the places of attempts that are over, and return their number.

    `held` returns whether the lease of an attempt is held: a conductor takes the lease before anything else, so an
    attempt without one is over. Raises BrokerUnreachable, and what `held` raises.
    """
    places = sorted(broker.places(), key=lambda place: (place.attempt, place.share))
    over = [place for place in places if not held(place.attempt)]
    for place in over:
        broker.forget(place)
    return len(over)


def serve(app: Celery, agent: Agent, *, sweep: Callable[[], None]) -> None:
    """Announce the node and have `agent` answer orders. Blocks until SIGTERM or SIGINT.

    Sweeps at the start, and again when the leases of an agent that was just killed have run out.
    """
    sweep()
    again = threading.Timer(LEASE_LIFETIME, sweep)
    again.daemon = True
    again.start()
    add_orders(app, agent)

    def on_ready(**_: object) -> None:
        with suppress(StoreUnreachable):  # the beat repeats it
            agent.announce()
        threading.Thread(target=agent.beat, name="beat", daemon=True).start()

    signals.worker_ready.connect(on_ready, weak=False)

    def on_shutting_down(**_: object) -> None:
        leave_in_time()
        agent.stop()

    signals.worker_shutting_down.connect(on_shutting_down, weak=False)
    # Two slots: one measures, the other can get the order to abandon it.
    arguments = ["worker", "-P", "threads", "-c", "2", "-n", f"node@{agent.name}", "-Q", queue(agent.name)]
    app.worker_main([*arguments, "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"])
