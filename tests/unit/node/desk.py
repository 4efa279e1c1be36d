"""An agent with real workers, and what a conductor does to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

from services.broker.redis import RedisBroker
from services.core.codec import from_data, to_data
from services.core.trial import Prepared, TrialSpec
from services.node import fingerprint
from services.node.agent import Agent
from services.node.rig import Rig
from services.store import keys
from services.store.connection import Client
from services.store.experiments import Experiments
from services.store.nodes import Lease, Nodes
from tests.live import until


class Desk:
    """An agent, and what a conductor does to it."""

    def __init__(self, client: Client, url: str, make: type[Rig] = Rig) -> None:
        self.client = client
        self.nodes = Nodes(client)
        self.experiments = Experiments(client)
        self.rigs: list[Rig] = []
        #: Filled when the agent's name is another's.
        self.lost: list[str] = []
        #: Called when a rig has just been made, before anybody else knows of it.
        self.made: Callable[[], object] = bool

        def rig(asked: TrialSpec) -> Rig:
            self.rigs.append(make(asked, broker=RedisBroker(url)))
            self.made()
            return self.rigs[-1]

        self.agent = Agent(
            name="desk",
            instance="first",
            fingerprint=fingerprint.take(ledger="valkey 9.1.2", broker=None),
            nodes=self.nodes,
            experiments=self.experiments,
            rig=rig,
            lease=lambda attempt: Lease(client, keys.lease(attempt), ""),
            lost=lambda: self.lost.append("desk"),
        )

    def lease(self, asked: TrialSpec) -> Lease:
        return Lease(self.client, keys.lease(asked.attempt), "conductor")

    def prepare(self, asked: TrialSpec) -> Prepared:
        self.lease(asked).take()
        return from_data(Prepared, self.agent.prepare(to_data(asked)))

    def leftovers(self) -> list[str]:
        return [str(key) for key in self.client.scan_iter("lab:measured:*")]

    def pids(self) -> list[int]:
        return [rig.worker.pid for rig in self.rigs]

    def nothing_is_left(self) -> None:
        """Waits for it: an agent that drops a trial ends the worker first and sweeps the store after."""
        until(lambda: not any(psutil.pid_exists(pid) for pid in self.pids()), seconds=10)
        until(lambda: not self.leftovers(), seconds=10)

    @contextmanager
    def beating(self) -> Iterator[threading.Thread]:
        thread = threading.Thread(target=self.agent.beat, kwargs={"every": 0.02, "patience": 0.1})
        thread.start()
        try:
            yield thread
        finally:
            self.agent.stop()
            thread.join()
