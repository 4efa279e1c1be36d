"""Put a node's process together."""

from __future__ import annotations

import os
import secrets

from services.broker.brokers import broker_at
from services.core.settings import Settings
from services.core.trial import TrialSpec
from services.lab.one_machine import own_folder
from services.node import fingerprint
from services.node.agent import Agent
from services.node.rig import Rig
from services.node.sampler import ServerCpu
from services.node.serve import NAME_TAKEN, arrive, serve, sweep
from services.own.registrations import Registrations
from services.store import keys
from services.store.connection import connect
from services.store.control_app import control_app
from services.store.experiments import Experiments
from services.store.nodes import Lease, Nodes
from services.store.serverinfo import ServerInfo


def serve_node(settings: Settings, redis_url: str) -> None:
    """Announce this machine as a node of the ledger at `redis_url` and answer orders. Blocks until SIGTERM or SIGINT.

    Raises Conflict if the node's name is taken.
    """
    client = connect(redis_url)
    nodes, server = Nodes(client), ServerInfo(client)
    registrations = Registrations(own_folder())
    broker = broker_at(settings.broker_url or redis_url)
    version, run = arrive(client, nodes, broker, name=settings.node)
    shared = run == server.run()
    ledger = None if shared else ServerCpu(read=server.cpu, here=server.machine() == fingerprint.this_machine())

    def lease(attempt: str) -> Lease:
        return Lease(client, keys.lease(attempt), holder="")

    def rig(spec: TrialSpec) -> Rig:
        return Rig(spec, broker=broker, ledger=ledger, own=registrations.get)

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

    def sweep_all() -> None:
        sweep(client, broker, lambda attempt: lease(attempt).held())

    serve(control_app("node", redis_url), agent, sweep=sweep_all)
