"""A conductor, its store, and what others do there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from services.broker.redis import RedisBroker
from services.conductor.attempts import Attempts
from services.conductor.conductor import Conductor
from services.conductor.gathering import Gathering
from services.conductor.lease_keeper import LeaseKeeper
from services.core.experiment import Record, State
from services.core.models import Model
from services.node import orders
from services.planning import grid
from services.store import keys
from services.store.connection import Client
from services.store.control_app import control_app
from services.store.experiments import Experiments
from services.store.nodes import Lease, Nodes
from tests.live import until
from tests.unit.analysis import made
from tests.unit.analysis.references import reference
from workloads.registry import discover

#: Between two looks for nodes, for the store and for a request to cancel, in seconds.
LOOK = 0.02


class Podium:
    """A conductor, its store, and what others do there."""

    def __init__(self, client: Client, url: str, *, node_wait: float = 60, broker_url: str | None = None) -> None:
        self.client = client
        self.ledger = Experiments(client)
        self.nodes = Nodes(client)
        self.conductor = Conductor(
            registry=discover(),
            experiments=self.ledger,
            gathering=Gathering(experiments=self.ledger, nodes=self.nodes, patience=node_wait, look=LOOK),
            orders=orders.NodeOrders(control_app("conductor", url), self.nodes, roll_call=0.05),
            keeper=LeaseKeeper(Lease(client, keys.CONDUCTOR, "tested"), lost=lambda: None),
            attempts=Attempts(client, RedisBroker(broker_url or url), "tested"),
        )

    def submit(self, id: str = "e1", **changes: Any) -> Record:
        """An experiment of two trials, queued; the reference loop of node `ghost` was measured before."""
        changes = {"models": (Model.PREFORK,), "repeats": 2, **changes}
        asked = replace(made.record(State.QUEUED).experiment, id=id, **changes)
        plan = grid.plan(asked, asked.repeats)
        record = Record(experiment=asked, state=State.QUEUED, blocks=asked.repeats, total=len(plan.trials))
        self.ledger.add(record, plan)
        for block in range(record.blocks):
            self.ledger.save_reference(id, reference(node="ghost", block=block))
        return record

    def measured(self, record: Record, *, well: bool = True, drift: float = 0) -> None:
        """Results of all its trials, as if an earlier conductor had come so far."""
        for trial in grid.plan(record.experiment, record.blocks).trials:
            rate = 50 + drift * trial.repeat
            one = made.result(rate if well else None, cell=trial.cell, index=trial.index, repeat=trial.repeat)
            self.ledger.save_trial(replace(one, trial=trial))

    def state(self, id: str = "e1") -> State:
        return self.ledger.get(id).state

    def phase(self, id: str = "e1") -> str:
        now = self.ledger.now(id)
        return now.phase if now else ""

    def waits(self, id: str = "e1") -> None:
        until(lambda: self.phase(id).startswith("waits for"), seconds=10)

    def ordered(self, count: int) -> list[str]:
        """Waits for so many orders to the node `ghost`, which takes none; all their names, in the order of sending."""
        return self.orders_to("ghost", count)

    def orders_to(self, node: str, count: int) -> list[str]:
        """The same of another node."""
        queue = f"{keys.CONTROL}node.{node}"
        until(lambda: self.client.llen(queue) >= count, seconds=10)
        return [json.loads(order)["headers"]["task"] for order in reversed(self.client.lrange(queue, 0, -1))]

    @contextmanager
    def running(self) -> Iterator[threading.Thread]:
        thread = threading.Thread(target=self.conductor.run)
        thread.start()
        try:
            yield thread
        finally:
            self.conductor.stop()
            thread.join(10)
            assert not thread.is_alive()
