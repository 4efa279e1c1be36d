"""Runs the conductor until it is told to stop."""

from __future__ import annotations

import os
import secrets
import signal
import time

from celery import signals

from services.broker.brokers import broker_at
from services.conductor.attempts import Attempts
from services.conductor.conductor import Conductor
from services.conductor.gathering import Gathering
from services.conductor.keeper import Keeper
from services.conductor.orders import QUEUE, RUN, RunOrder
from services.core.errors import StoreUnreachable
from services.core.settings import Settings
from services.node.orders import NodeOrders
from services.store import keys
from services.store.connection import connect, wait_until_reached
from services.store.control import control_app, leave_in_time
from services.store.experiments import Experiments
from services.store.nodes import Lease, Nodes
from workloads.registry import discover


def serve(settings: Settings, redis_url: str) -> None:
    """Take the conductor's lease, run all open experiments in turn. Blocks until SIGTERM or SIGINT."""
    client = connect(redis_url)
    wait_until_reached(client)
    holder = secrets.token_hex(8)
    experiments, nodes = Experiments(client), Nodes(client)
    keeper = Keeper(Lease(client, keys.CONDUCTOR, holder), lost=lambda: os.kill(os.getpid(), signal.SIGKILL))
    app = control_app("conductor", redis_url)
    conductor = Conductor(
        registry=discover(),
        experiments=experiments,
        gathering=Gathering(experiments=experiments, nodes=nodes, patience=settings.node_wait),
        orders=NodeOrders(app, nodes),
        keeper=keeper,
        attempts=Attempts(client, broker_at(settings.broker_url or redis_url), holder),
    )

    app.task(name=RUN, ignore_result=True)(conductor.run)
    keeper.start()
    _order(RunOrder(redis_url))

    def on_shutting_down(**_: object) -> None:
        leave_in_time()
        conductor.stop()
        keeper.stop()

    signals.worker_shutting_down.connect(on_shutting_down, weak=False)
    arguments = ["worker", "-P", "threads", "-c", "1", "-n", f"conductor@{holder}", "-Q", QUEUE]
    app.worker_main([*arguments, "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"])


def _order(order: RunOrder) -> None:
    """The last conductor may have died with an order in its hands."""
    while True:
        try:
            order.send()
            return
        except StoreUnreachable:
            time.sleep(1.0)
