"""The one door to the lab for dashboard and command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from services.analysis import comparison, report
from services.analysis.claims.catalogue import JUDGES, NOT_YET, Judge
from services.core.claims import ClaimReport
from services.core.codec import Unreadable
from services.core.comparison import Choice, Comparison, Offer
from services.core.environment import Node
from services.core.errors import Conflict, NotFound, StoreUnreachable
from services.core.experiment import Experiment, Plan, Record, State
from services.core.report import Event, Health, Line, Progress, Report
from services.core.timeline import Timeline
from services.core.trial import TrialResult
from services.core.units import Seconds, Timestamp
from services.planning import grid, presets, request
from services.store.events import Events
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
        events: Events,
        nodes: Nodes,
        conductor: Lease,
        order: Callable[[], None],
        now: Callable[[], Timestamp],
        draw: Callable[[int], int],
    ) -> None:
        self._registry = registry
        self._experiments = experiments
        self._events = events
        self._nodes = nodes
        self._conductor = conductor
        self._order = order
        self._now = now
        #: A random number from 0 to below its argument.
        self._draw = draw

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
        return self._queue(asked)

    def claims(self) -> tuple[ClaimReport, ...]:
        """Every claim of the guide, judged by the last experiment of its preset."""
        last = self._experiments.presets()
        known = {name: self._preset(id) for name, id in last.items()}
        return tuple(_claimed(judge, known.get(judge.claim.preset)) for judge in JUDGES.values())

    def measure_claim(self, name: str) -> Record:
        """Queue the experiment behind a claim; one that is under way is taken. Raises NotFound."""
        if name not in JUDGES:
            raise NotFound(f"there is no claim {name}: there are {', '.join(JUDGES)}")
        preset = JUDGES[name].claim.preset
        id = self._experiments.presets().get(preset)
        if id is not None:
            with suppress(NotFound, Unreadable):
                record = self._experiments.get(id)
                if not record.state.ended:
                    return record
        return self._queue(self._asked(presets.body(preset)), preset)

    def timeline(self, id: str, trial: int) -> Timeline:
        """Single tasks of one trial, 0-based as in the plan. Raises NotFound."""
        return self._experiments.timeline(id, trial)

    def events(self, id: str, after: str, *, patience: Seconds) -> tuple[Event, ...]:
        """What changed about an experiment after that event; waits for the next as long as `patience`."""
        return self._events.after(id, after, patience=patience)

    def last_event(self, id: str) -> str:
        """The id of the latest event of an experiment. Raises NotFound."""
        self._experiments.get(id)
        return self._events.last(id)

    def _preset(self, id: str) -> tuple[Record, tuple[TrialResult, ...]] | None:
        with suppress(NotFound, Unreadable):
            return self._experiments.get(id), self._experiments.trials(id)
        return None

    def _queue(self, asked: Experiment, preset: str = "") -> Record:
        trials = grid.plan(asked, asked.repeats).trials
        record = Record(experiment=asked, state=State.QUEUED, blocks=asked.repeats, total=len(trials))
        self._experiments.add(record, preset)
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

    def state(self, id: str) -> State:
        """Where an experiment stands. Raises NotFound."""
        return self._experiments.get(id).state

    def compare(self, chosen: Sequence[Choice]) -> Comparison:
        """Cells of any experiments, at least one, beside the first. Raises NotFound."""
        return comparison.compare(chosen, {id: self._kept(id) for id in {one.experiment for one in chosen}})

    def comparable(self, ids: Iterable[str]) -> tuple[Offer, ...]:
        """The measured cells of these experiments; an experiment that has none, or is not there, is left out."""
        offers = []
        for id in ids:
            with suppress(NotFound, Unreadable):
                offers.append(comparison.offer(self._kept(id)))
        return tuple(one for one in offers if one.cells)

    def _kept(self, id: str) -> comparison.Kept:
        record = self._experiments.get(id)
        return comparison.Kept(
            experiment=record.experiment,
            cells=grid.plan(record.experiment, record.blocks).cells,
            results=self._experiments.trials(id),
            environment=self._experiments.environment(id),
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
        id, seed = f"{self._draw(2**32):08x}", self._draw(2**32)
        return request.experiment(body, self._registry, id=id, created=self._now(), seed=seed)


def _claimed(judge: Judge, last: tuple[Record, tuple[TrialResult, ...]] | None) -> ClaimReport:
    if last is None:
        return ClaimReport(claim=judge.claim, judged=NOT_YET)
    record, results = last
    return ClaimReport(
        claim=judge.claim,
        # Half an experiment may say otherwise than the whole.
        judged=judge.judge(results) if record.state.ended else NOT_YET,
        experiment=record.experiment.id,
        state=record.state,
        progress=Progress(done=len(results), total=record.total),
    )
