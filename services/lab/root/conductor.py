"""Put the conductor's process together."""

from __future__ import annotations

import os
import secrets
import signal

from services.broker.brokers import broker_at
from services.conductor.attempts import Attempts
from services.conductor.conductor import Conductor
from services.conductor.gathering import Gathering
from services.conductor.lease_keeper import LeaseKeeper
from services.conductor.run_order import RunOrder
from services.conductor.serve import serve
from services.core.settings import Settings
from services.lab.one_machine import own_folder
from services.node.orders import NodeOrders
from services.own.all_workloads import AllWorkloads
from services.own.registrations import Registrations
from services.store import keys
from services.store.connection import connect
from services.store.control_app import control_app
from services.store.experiments import Experiments
from services.store.nodes import Lease, Nodes
from workloads.registry import discover


def serve_conductor(settings: Settings, redis_url: str) -> None:
    """Run all open experiments of the ledger at `redis_url` in turn. Blocks until SIGTERM or SIGINT."""
    client = connect(redis_url)
    holder = secrets.token_hex(8)
    experiments, nodes = Experiments(client), Nodes(client)
    app = control_app("conductor", redis_url)
    keeper = LeaseKeeper(Lease(client, keys.CONDUCTOR, holder), lost=lambda: os.kill(os.getpid(), signal.SIGKILL))
    conductor = Conductor(
        registry=AllWorkloads(discover(), Registrations(own_folder())),
        experiments=experiments,
        gathering=Gathering(experiments=experiments, nodes=nodes, patience=settings.node_wait),
        orders=NodeOrders(app, nodes),
        keeper=keeper,
        attempts=Attempts(client, broker_at(settings.broker_url or redis_url), holder),
    )
    serve(client, app, conductor, keeper, RunOrder(redis_url), name=holder)
