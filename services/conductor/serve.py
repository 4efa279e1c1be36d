"""Run the conductor as a Celery worker until a signal ends it."""

from __future__ import annotations

import time

from celery import Celery, signals

from services.conductor.conductor import Conductor
from services.conductor.lease_keeper import LeaseKeeper
from services.conductor.run_order import QUEUE, RUN, RunOrder
from services.core.errors import StoreUnreachable
from services.store.connection import Client, wait_until_reached
from services.store.control_app import leave_in_time


def serve(
    client: Client, app: Celery, conductor: Conductor, keeper: LeaseKeeper, order: RunOrder, *, name: str
) -> None:
    """Wait for the ledger, take the conductor's lease and answer orders. Blocks until SIGTERM or SIGINT.

    `name` is unique among conductors.
    """
    wait_until_reached(client)
    app.task(name=RUN, ignore_result=True)(conductor.run)
    keeper.start()
    _send_first(order)

    def on_shutting_down(**_: object) -> None:
        leave_in_time()
        conductor.stop()
        keeper.stop()

    signals.worker_shutting_down.connect(on_shutting_down, weak=False)
    arguments = ["worker", "-P", "threads", "-c", "1", "-n", f"conductor@{name}", "-Q", QUEUE]
    app.worker_main([*arguments, "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"])


def _send_first(order: RunOrder) -> None:
    """Send one order: an earlier conductor may have died with the last one."""
    while True:
        try:
            order.send()
            return
        except StoreUnreachable:
            time.sleep(1.0)
