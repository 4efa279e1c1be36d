"""Leaves made-up experiments in a store, through the code that keeps real ones."""

from __future__ import annotations

from collections.abc import Sequence

from services.core.environment import Node
from services.core.experiment import Experiment, Record, State
from services.core.report import CurrentTrial
from services.core.trial import TrialResult
from services.planning import grid
from services.store import keys
from services.store.connection import Client
from services.store.events import Events
from services.store.experiments import Experiments
from services.store.nodes import Lease, Nodes
from tests.unit.dashboard import made


class Ledger:
    """What conductor and nodes write."""

    def __init__(self, client: Client) -> None:
        self.experiments = Experiments(client)
        self.events = Events(client)
        self.nodes = Nodes(client)
        self.conductor = Lease(client, keys.CONDUCTOR, holder="conductor")

    def keep(
        self,
        asked: Experiment,
        results: Sequence[TrialResult],
        *,
        state: State = State.FINISHED,
        reason: str = "",
        now: CurrentTrial | None = None,
        nodes: tuple[Node, ...] = (made.node(),),
    ) -> Record:
        """The experiment in `state`, after these trials."""
        record = made.record(asked, state, reason)
        self.experiments.add(record, grid.plan(asked, record.blocks))
        for result in results:
            self.experiments.save_trial(result)
        if results:
            self.experiments.save_nodes(asked.id, nodes)
        self.experiments.update(record)
        if now is not None:
            self.experiments.set_now(asked.id, now)
        return record

    def finished(self) -> Record:
        """An experiment with a result for every trial."""
        asked = made.experiment()
        return self.keep(asked, made.results(asked))

    def open(self) -> None:
        """A conductor and a node are there."""
        self.conductor.take()
        self.nodes.announce(made.node())
