"""The one door to the lab for dashboard and command line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from services.analysis import report
from services.core.environment import Node
from services.core.errors import Conflict, StoreUnreachable
from services.core.experiment import Experiment, Plan, Record, State
from services.core.report import Health, Line, Progress, Report
from services.core.units import Timestamp
from services.planning import grid, request
from services.store.experiments import Experiments
from services.store.nodes import Lease, Nodes
from workloads.registry import Registry


class Lab:
    """Submits experiments and tells what is known of them.

    Every method raises StoreUnreachable while Redis does not answer.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        experiments: Experiments,
        nodes: Nodes,
        conductor: Lease,
        order: Callable[[], None],
        now: Callable[[], Timestamp],
        new_id: Callable[[], str],
        new_seed: Callable[[], int],
    ) -> None:
        self._registry = registry
        self._experiments = experiments
        self._nodes = nodes
        self._conductor = conductor
        self._order = order
        self._now = now
        self._new_id = new_id
        self._new_seed = new_seed

    def workloads(self) -> Registry:
        """All workloads by name; needs no store."""
        return self._registry

    def nodes(self) -> tuple[Node, ...]:
        """The nodes that are there now."""
        return self._nodes.present()

    def health(self) -> Health:
        """Which parts answer; never raises for a part that does not."""
        try:
            nodes, conductor = self._nodes.present(), self._conductor.held()
        except StoreUnreachable as error:
            return Health(store=False, reason=str(error), conductor=False, nodes=0)
        return Health(store=True, reason="", conductor=conductor, nodes=len(nodes))

    def plan(self, body: object) -> Plan:
        """What `body` would run, without running it. Raises MalformedRequest, InvalidRequest; needs no store."""
        asked = self._asked(body)
        return grid.plan(asked, asked.repeats)

    def submit(self, body: object) -> Record:
        """Queue the experiment that `body` (parsed JSON) asks for. Raises MalformedRequest, InvalidRequest."""
        asked = self._asked(body)
        trials = grid.plan(asked, asked.repeats).trials
        record = Record(experiment=asked, state=State.QUEUED, blocks=asked.repeats, total=len(trials))
        self._experiments.add(record)
        # It is in the ledger now: if the order is lost, the next one makes up for it.
        with suppress(StoreUnreachable):
            self._order()
        return record

    def experiments(self, count: int = 100) -> tuple[Line, ...]:
        """The last `count` experiments, newest first."""
        return tuple(
            Line(record=record, progress=Progress(done=done, total=record.total))
            for record, done in self._experiments.newest(count)
        )

    def report(self, id: str) -> Report:
        """Everything known of an experiment now. Raises NotFound."""
        record = self._experiments.get(id)
        return report.build(
            record,
            grid.plan(record.experiment, record.blocks),
            self._experiments.trials(id),
            self._experiments.environment(id),
            now=self._experiments.now(id),
            cancelling=self._experiments.cancel_asked(id),
            time=self._now(),
        )

    def cancel(self, id: str) -> Record:
        """Ask to end an experiment; it is cancelled once the conductor has seen it. Raises NotFound, Conflict."""
        record = self._experiments.get(id)
        if record.state.ended:
            raise Conflict(f"experiment {id} is {record.state} already")
        self._experiments.ask_cancel(id)
        self._order()
        return record

    def _asked(self, body: object) -> Experiment:
        return request.experiment(body, self._registry, id=self._new_id(), created=self._now(), seed=self._new_seed())
