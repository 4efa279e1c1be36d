"""The one door to the lab for dashboard and command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from services.analysis.across import comparison
from services.analysis.across.comparison import StoredExperiment
from services.analysis.claims.catalogue import JUDGES
from services.analysis.intended_failures import reworded_as_intended
from services.core.claims import ClaimReport
from services.core.codec import Unreadable
from services.core.comparison import Choice, Comparison, Offer
from services.core.environment import Node
from services.core.errors import Conflict, InvalidRequest, NotFound, Problem, StoreUnreachable
from services.core.experiment import Experiment, Plan, Record, State
from services.core.forecast import Forecast
from services.core.report import Event, Health, Page, Report
from services.core.settings import KEEP
from services.core.timeline import Timeline
from services.core.units import Seconds, Timestamp
from services.lab import forecast as forecasting
from services.lab import precheck
from services.lab.claim_results import Claims
from services.lab.past_experiments import PastExperiments, PastFigures
from services.lab.reports import Reports
from services.planning import grid, presets, request
from services.planning.estimate import EstimateInputs
from services.planning.limits import check_replicas
from services.store.damages import Damages
from services.store.events import Events
from services.store.experiments import Experiments
from services.store.listing import Listing
from services.store.nodes import Lease, Nodes
from services.store.retention import Retention
from workloads.registry import Registry

#: Queued and running experiments together; a full queue refuses more.
MOST_OPEN: Final = 200


class Lab:
    """Submits experiments and reports on them.

    Every method raises StoreUnreachable while Redis does not answer.
    """

    def __init__(  # noqa: PLR0913 - every part it is put together from
        self,
        *,
        registry: Registry,
        experiments: Experiments,
        keeping: Retention,
        listing: Listing,
        events: Events,
        nodes: Nodes,
        damages: Damages,
        conductor: Lease,
        order: Callable[[], None],
        now: Callable[[], Timestamp],
        draw: Callable[[int], int],
        keep: int = KEEP,
        most_open: int = MOST_OPEN,
    ) -> None:
        self._registry = registry
        self._experiments = experiments
        self._keeping = keeping
        self._listing = listing
        self._events = events
        self._reports = Reports(experiments, registry)
        self._claims = Claims(experiments, self._reports)
        self._past = PastExperiments(experiments, listing, registry)
        self._nodes = nodes
        self._damages = damages
        self._conductor = conductor
        self._order = order
        self._now = now
        #: A random number from 0 to below its argument.
        self._draw = draw
        #: Number of experiments that are kept.
        self._keep = keep
        self._most_open = most_open

    def workloads(self) -> Registry:
        """Return the lab's own workloads by name; needs no store."""
        return {name: one for name, one in self._registry.items() if not one.own}

    def nodes(self) -> tuple[Node, ...]:
        """Return the nodes that are there now."""
        return self._nodes.present()

    def health(self) -> Health:
        """Return which parts answer; never raises for a part that does not."""
        try:
            nodes, conductor = self._nodes.present(), self._conductor.held()
            if not (nodes and conductor):  # A store that is full takes no announcement of either.
                self._experiments.check_writes()
            aside, damages = self._experiments.aside(), self._damages.known()
        except StoreUnreachable as error:
            return Health(store=False, reason=str(error), conductor=False, nodes=0)
        return Health(store=True, reason="", conductor=conductor, nodes=len(nodes), set_aside=aside, damages=damages)

    def dismiss_damages(self) -> None:
        """Stop showing the damages to the store's files that were found so far."""
        self._damages.dismiss()

    def forecast(self, body: object) -> Forecast:
        """Estimate what `body` would run, without running it. Raises MalformedRequest, InvalidRequest.

        Needs no store: without one, neither nodes nor earlier experiments are known.
        """
        nodes, earlier = self._looked(body)
        asked = self._asked(body, forecasting.known(nodes, earlier))
        return forecasting.forecast(asked, self._registry[asked.workload], nodes, earlier)

    def submit(self, body: object, *, agreed: bool = False) -> Record:
        """Queue the experiment that `body` (parsed JSON) asks for. Raises MalformedRequest, InvalidRequest.

        A registered task of a user's own is refused unless its user has `agreed` to the calls.
        It may be queued while no node is there: one may be on its way.
        """
        while True:
            record, plan = _queued(self._asked(body, forecasting.known(*self._looked(body))))
            if self._registry[record.experiment.workload].own and not agreed:
                allowed = "is your own task: start it with `lab run --app`, which asks for your consent"
                raise InvalidRequest([Problem("workload", record.experiment.workload, allowed)])
            check_replicas(record.experiment, [node.name for node in self._nodes.present()])
            self._check_queue()
            # False: the id that was drawn is taken.
            if self._experiments.add(record, plan):
                self._added()
                return record

    def claims(self) -> tuple[ClaimReport, ...]:
        """Return every claim of the guide, judged by the last experiment of its preset that was not cancelled."""
        return self._claims.reports()

    def measure_claims(self, *names: str) -> tuple[Record, ...]:
        """Queue the experiments behind these claims, or behind all; one under way is taken. Raises NotFound."""
        wanted = {preset for name in precheck.claims(names) for preset in JUDGES[name].claim.presets}
        return tuple(self._measure(preset) for preset in presets.PRESETS if preset in wanted)

    def timeline(self, id: str, trial: int) -> Timeline:
        """Single tasks of one trial, 0-based as in the plan. Raises NotFound."""
        with _naming(id):
            return self._experiments.timeline(id, trial)

    def events(self, id: str, after: str, *, patience: Seconds) -> tuple[Event, ...]:
        """Return the changes of an experiment after that event; wait up to `patience` for the next one."""
        return self._events.after(id, after, patience=patience)

    def last_event(self, id: str) -> str:
        """Return the id of the latest event of an experiment. Raises NotFound."""
        with _naming(id):
            self._experiments.get(id)
        return self._events.last(id)

    def _measure(self, preset: str) -> Record:
        """Return the experiment of a preset; two requests at once get the same one."""
        while True:
            last = next(iter(self._experiments.of_preset(preset)), None)
            if last is not None and (under_way := self._under_way(last)):
                return under_way
            body = presets.body(preset)
            record, plan = _queued(self._asked(body, forecasting.known(*self._looked(body))))
            self._check_queue()
            if self._experiments.add_of_preset(record, plan, preset, last):
                self._added()
                return record

    def _under_way(self, id: str) -> Record | None:
        with suppress(NotFound, Unreadable):
            record = self._experiments.get(id)
            if not record.state.ended and not self._experiments.cancel_asked(id):
                return record
        return None

    def _check_queue(self) -> None:
        waiting, most = len(self._experiments.open()), self._most_open
        if waiting >= most:
            raise Conflict(f"{waiting} experiments are queued or running (limit {most}): wait, or cancel some")

    def _added(self) -> None:
        # It is in the ledger now: if the order is lost, the next one makes up for it.
        with suppress(StoreUnreachable):
            self._order()
        self._keeping.trim(self._keep, self._claims.needed)

    def experiments(self, count: int = 100, *, before: str | None = None, after: str | None = None) -> Page:
        """Return `count` experiments, newest first: those before or after a cursor, an id, or the newest of all.

        Raises NotFound for an id that there is not, InvalidRequest for what is no cursor.
        """
        return self._listing.page(count, before=before, after=after)

    def delete(self, id: str) -> None:
        """Delete an experiment; `restore` brings it back for a while. Raises NotFound; Conflict if open or pinned."""
        self._keeping.delete(id)

    def restore(self, id: str) -> None:
        """Bring back a deleted experiment. Raises NotFound, and Conflict if it is not deleted."""
        self._keeping.restore(id)

    def restorable(self, id: str) -> Seconds | None:
        """Return for how long a deleted experiment can be restored; None if it cannot."""
        return self._keeping.restorable(id)

    def pin(self, id: str) -> None:
        """Never delete this experiment to make room for others. Raises NotFound."""
        self._keeping.pin(id)

    def unpin(self, id: str) -> None:
        """Undo `pin`. Raises NotFound."""
        self._keeping.unpin(id)

    def report(self, id: str) -> Report:
        """Everything known of an experiment now. Raises NotFound."""
        with _naming(id):
            workload = self._registry.get(self._experiments.get(id).experiment.workload)
            found = self._reports.of(id, self._now())
        report = reworded_as_intended(found, workload.failure_shows if workload else "")
        return replace(report, pinned=self._keeping.is_pinned(id))

    def state(self, id: str) -> State:
        """Return the state of an experiment. Raises NotFound."""
        with _naming(id):
            return self._experiments.get(id).state

    def compare(self, chosen: Sequence[Choice]) -> Comparison:
        """Cells of any experiments, at least one, beside the first. Raises NotFound."""
        found = {}
        for id in {one.experiment for one in chosen}:
            with _naming(id):
                found[id] = _stored(self._experiments, id)
        return comparison.compare(chosen, found)

    def comparable(self, ids: Iterable[str]) -> tuple[Offer, ...]:
        """Return the measured cells of these experiments; an experiment without any, or that is gone, is left out."""
        with_figures = []
        for id in ids:
            with suppress(NotFound, Unreadable), _naming(id):
                with_figures.append(comparison.offer(_stored(self._experiments, id)))
        return tuple(one for one in with_figures if one.cells)

    def cancel(self, id: str) -> Record:
        """Ask to end an experiment; it is cancelled once the conductor has seen it. Raises NotFound, Conflict."""
        try:
            record = self._experiments.get(id)
        except Unreadable as error:
            self._experiments.set_aside(id, str(error))
            raise Conflict(f"the record of experiment {id} cannot be read: it has left the queue ({error})") from error
        if record.state.ended:
            raise Conflict(f"experiment {id} is {record.state} already")
        self._experiments.ask_cancel(id)
        self._order()
        return record

    def _asked(self, body: object, known: EstimateInputs) -> Experiment:
        id, seed = f"{self._draw(2**48):012x}", self._draw(2**32)
        return request.experiment(body, self._registry, id=id, created=self._now(), seed=seed, known=known)

    def _looked(self, body: object) -> tuple[tuple[Node, ...], tuple[PastFigures, ...]]:
        """Return the nodes that are there, and earlier experiments of the same workload family."""
        name = body.get("workload") if isinstance(body, dict) else None
        workload = self._registry.get(name) if isinstance(name, str) else None
        if workload is not None:
            with suppress(StoreUnreachable):
                return self._nodes.present(), self._past.of(workload)
        return (), ()


def _queued(asked: Experiment) -> tuple[Record, Plan]:
    plan = grid.plan(asked, asked.repeats)
    return Record(experiment=asked, state=State.QUEUED, blocks=asked.repeats, total=len(plan.trials)), plan


def _stored(experiments: Experiments, id: str) -> StoredExperiment:
    """Return all that is stored of an experiment. Raises NotFound, Unreadable, StoreUnreachable."""
    record = experiments.get(id)
    return StoredExperiment(
        experiment=record.experiment,
        cells=experiments.plan(record).cells,
        results=experiments.trials(id),
        environment=experiments.environment(id),
    )


@contextmanager
def _naming(id: str) -> Iterator[None]:
    """Add the experiment's id to the message of Unreadable: the data alone does not have it."""
    try:
        yield
    except Unreadable as error:
        why = "another version of the lab stored it, or it is damaged"
        raise Unreadable(f"experiment {id} cannot be read: {why} ({error})") from error
