"""Put the door together through which dashboard and command line use the lab."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from services.conductor.run_order import RunOrder
from services.core.settings import KEEP
from services.lab.door import MOST_OPEN, Lab
from services.lab.one_machine import own_folder
from services.own.all_workloads import AllWorkloads
from services.own.registrations import Registrations
from services.store import keys
from services.store.connection import Client, connect
from services.store.damages import Damages
from services.store.events import Events
from services.store.experiments import Experiments
from services.store.listing import Listing
from services.store.nodes import Lease, Nodes
from services.store.retention import Retention
from workloads.registry import discover


def lab(redis_url: str, *, keep: int) -> Lab:
    """Return the lab whose ledger is at `redis_url`.

    It keeps `keep` experiments. Nothing is sent before its first use.
    """
    return lab_over(connect(redis_url), order=RunOrder(redis_url).send, keep=keep)


def lab_over(client: Client, *, order: Callable[[], None], keep: int = KEEP, most_open: int = MOST_OPEN) -> Lab:
    """Return the lab whose ledger `client` reaches. `order` wakes the conductor after a change to the queue."""
    return Lab(
        registry=AllWorkloads(discover(), Registrations(own_folder())),
        experiments=Experiments(client),
        keeping=Retention(client),
        listing=Listing(client),
        events=Events(client),
        nodes=Nodes(client),
        damages=Damages(client),
        conductor=Lease(client, keys.CONDUCTOR, holder=""),
        order=order,
        now=time.time,
        draw=secrets.randbelow,
        keep=keep,
        most_open=most_open,
    )
