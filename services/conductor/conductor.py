"""Run experiments from the ledger: measure each trial without a result, and save every result at once."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from services.analysis import report
from services.analysis.cells.warnings.messages import MOST_BROKER_WAIT
from services.analysis.intended_failures import as_intended
from services.analysis.trial.merging import summarise
from services.analysis.trial.timeline import timeline
from services.conductor.attempts import Attempts
from services.conductor.gathering import Gathering
from services.conductor.lease_keeper import LeaseKeeper
from services.conductor.reference_loop import References
from services.conductor.stopping import enough
from services.core.codec import Unreadable
from services.core.environment import Node
from services.core.errors import Cancelled, Interrupted, NodeUnreachable, NotFound, StoreUnreachable, TrialFailed
from services.core.experiment import Experiment, Plan, Record, State, Trial
from services.core.safe_text import plain
from services.core.timeline import Timeline
from services.core.trial import TrialResult, TrialSpec
from services.core.units import Rate, Seconds
from services.node.orders import NodeOrders
from services.planning import grid
from services.planning.trial_specs import specs
from services.store.experiments import Experiments
from workloads.registry import Registry

#: How often a trial is begun again when its node went away under it.
ATTEMPTS = 3
log = logging.getLogger(__name__)


class Conductor:
    """One experiment at a time, one trial after another."""

    def __init__(
        self,
        *,
        registry: Registry,
        experiments: Experiments,
        gathering: Gathering,
        orders: NodeOrders,
        keeper: LeaseKeeper,
        attempts: Attempts,
        clock: Callable[[], float] = time.time,
        token: Callable[[], str] = lambda: secrets.token_hex(3),
    ) -> None:
        self._registry = registry
        self._experiments = experiments
        self._gathering = gathering
        self._orders = orders
        self._keeper = keeper
        self._attempts = attempts
        self._clock = clock
        self._token = token
        self._look = gathering.look
        self._references = References(
            experiments=experiments, orders=orders, keeper=keeper, lease=attempts.lease, token=token
        )
        self._looked = 0.0
        self._stopping = threading.Event()

    def run(self) -> None:
        """Measure what is left of all open experiments, oldest first; continue when the store answers again."""
        passed: set[str] = set()
        said = ""
        while not self._stopping.is_set():
            try:
                waiting = [id for id in self._experiments.open() if id not in passed]
                if not waiting:
                    return
                self._run_or_fail(waiting[0])
                passed.add(waiting[0])
            except Interrupted:
                return
            except (StoreUnreachable, Unreadable) as error:
                if str(error) != said:
                    said = str(error)
                    log.warning("waiting: %s", plain(error))
                self._stopping.wait(self._look)

    def stop(self) -> None:
        """Leave the experiment at hand to the next conductor, at once. To be called from another thread."""
        self._stopping.set()

    def _run_or_fail(self, id: str) -> None:
        """Run one experiment; any error of it ends it alone. Raises Interrupted, StoreUnreachable."""
        try:
            self._run(id)
        except (Interrupted, StoreUnreachable):
            raise
        except (NotFound, Unreadable) as error:
            self._set_aside(id, str(error))
        except Exception as error:
            log.exception("experiment %s failed", plain(id))
            reason = f"the conductor failed ({type(error).__name__}: {plain(error)}): see its log"
            self._end_by_id(id, State.FAILED, reason)

    def _run(self, id: str) -> None:
        """Run one experiment. Raises NotFound and Unreadable for its record; results that cannot be read end it."""
        record = self._experiments.get(id)
        if record.state.ended:
            self._experiments.update(record)  # not open any more
            return
        if record.experiment.workload not in self._registry:
            self._end(record, State.FAILED, f"there is no workload {record.experiment.workload} any more")
            return
        if record.state is State.QUEUED:
            record = replace(record, state=State.RUNNING, started=self._clock())
            self._experiments.update(record)
        measured: set[int] = set()
        try:
            while True:
                self._measure_all(record, measured)
                reason = enough(record, self._experiments.trials(id))
                if reason is not None:
                    break
                record = self._with_another_block(record)
        except Cancelled:
            self._end(record, State.CANCELLED, "cancelled on request")
            return
        except Unreadable as error:
            # Half measured by another version of the lab: its trials and ours would not be comparable anyway.
            self._end(record, State.FAILED, f"what was measured so far cannot be read: {error}")
            return
        results = self._experiments.trials(id)
        if lost := record.total - len(results):
            were = "was" if lost == 1 else "were"
            state = State.FAILED if all(result.failure for result in results) else State.FINISHED
            self._end(
                self._judged(record, results), state, f"{lost} of {record.total} trials {were} lost from the store"
            )
        elif self._registry[record.experiment.workload].failure_shows and as_intended(results):
            self._end(record, State.INTENDED, "")
        elif all(result.failure for result in results):
            self._end(record, State.FAILED, f"no trial finished: {results[-1].failure}")
        else:
            self._end(self._judged(record, results), State.FINISHED, reason)

    def _judged(self, record: Record, results: Sequence[TrialResult]) -> Record:
        """Return the record, with whether its verdict is doubtful: lists show it without judging all trials again."""
        id, ended = record.experiment.id, replace(record, state=State.FINISHED)
        plan, environment = self._experiments.plan(record), self._experiments.environment(id)
        verdict = report.build(ended, plan, results, environment, now=None, time=self._clock()).verdict
        return replace(record, doubtful=bool(verdict.doubts))

    def _set_aside(self, id: str, reason: str) -> None:
        log.warning("the record of experiment %s cannot be read and is set aside: %s", plain(id), plain(reason))
        self._experiments.set_aside(id, reason)

    def _with_another_block(self, record: Record) -> Record:
        plan = grid.with_another_block(self._experiments.plan(record), record.experiment)
        longer = replace(record, blocks=record.blocks + 1, total=len(plan.trials))
        self._experiments.update(longer, plan)
        return longer

    def _end(self, record: Record, state: State, reason: str) -> None:
        self._experiments.update(replace(record, state=state, reason=reason, ended=self._clock()))

    def _measure_all(self, record: Record, measured: set[int]) -> None:
        """Measure every trial of the blocks so far that has no result; `measured` gets their indices.

        A store that was emptied, or is a replica that lags behind, gets the record back; a result that it lost is not
        measured again.
        """
        id, plan = record.experiment.id, self._experiments.plan(record)
        results = {result.trial.index: result for result in self._experiments.trials(id)}
        for trial in plan.trials:
            if trial.index in results or trial.index in measured:
                continue
            self._check(id, at_once=True)
            result, lay = self._measure(trial, plan, record.experiment, known_rate(trial, list(results.values())))
            self._experiments.save_trial(result, lay)
            results[trial.index] = result
            measured.add(trial.index)
            if self._experiments.add(record, plan):
                log.warning("the store has lost experiment %s: its record is stored again", id)

    def _measure(
        self, trial: Trial, plan: Plan, experiment: Experiment, rate: Rate | None
    ) -> tuple[TrialResult, Timeline | None]:
        """Return a trial's result and its timeline; a failure is a result too. Raises Cancelled, StoreUnreachable."""
        attempt = 0
        while True:
            attempt += 1
            began = time.monotonic()
            try:
                nodes = self._gathering.nodes_for(trial, lambda: self._check(trial.experiment, at_once=True))
            except TrialFailed as error:
                return failed(trial, (), str(error), lost=0, elapsed=time.monotonic() - began), None
            self._experiments.save_nodes(trial.experiment, nodes)
            self._references.complete(trial, nodes, lambda: self._check(trial.experiment))
            began = time.monotonic()
            shares = specs(trial, plan, experiment, self._registry, attempt=f"{trial.id}-{self._token()}", rate=rate)
            try:
                return self._attempt(shares, nodes, began)
            except TrialFailed as error:
                return failed(trial, nodes, str(error), lost=error.lost, elapsed=time.monotonic() - began), None
            except NodeUnreachable as error:
                log.warning("trial %s, attempt %d: %s", trial.id, attempt, error)
                if attempt == ATTEMPTS:
                    reason = f"{error} (tried {attempt} times)"
                    return failed(trial, nodes, reason, lost=0, elapsed=time.monotonic() - began), None

    def _attempt(
        self, shares: Sequence[TrialSpec], nodes: Sequence[Node], began: float
    ) -> tuple[TrialResult, Timeline | None]:
        trial, attempt = shares[0].trial, shares[0].attempt

        def check() -> None:
            self._check(trial.experiment)

        with self._keeper.keeping(self._attempts.lease(attempt)):
            try:
                self._orders.prepare(list(zip(nodes, shares, strict=True)), check)
                measured = self._orders.saturate(attempt, nodes, check)
            except (TrialFailed, NodeUnreachable, Cancelled, Interrupted):
                self._orders.abandon(attempt, nodes)
                # A node may be dead and not clean up. One that lives does the same when it gives the attempt up.
                self._attempts.forget(attempt, len(shares))
                raise
        result = summarise(trial, measured, elapsed=time.monotonic() - began)
        return result, None if result.failure else timeline(measured)

    def _check(self, id: str, *, at_once: bool = False) -> None:
        """Raise Interrupted, or Cancelled on request; look as often as for nodes unless `at_once`."""
        if self._stopping.is_set():
            raise Interrupted("the conductor is shutting down")
        if at_once or time.monotonic() - self._looked > self._look:
            self._looked = time.monotonic()
            asked = self._experiments.to_cancel()
            if id in asked:
                raise Cancelled(f"experiment {id} was cancelled")
            for other in asked:
                self._end_by_id(other, State.CANCELLED, "cancelled on request")

    def _end_by_id(self, id: str, state: State, reason: str) -> None:
        """End an experiment unless it has ended. A record that cannot be read is set aside."""
        try:
            record = self._experiments.get(id)
        except (NotFound, Unreadable) as error:
            self._set_aside(id, str(error))
            return
        if record.state.ended:
            self._experiments.update(record)  # neither open nor to be cancelled any more
        else:
            self._end(record, state, reason)


def failed(trial: Trial, nodes: Sequence[Node], reason: str, *, lost: int, elapsed: Seconds) -> TrialResult:
    """Return the result of a trial that could not be measured."""
    return TrialResult(
        trial=trial,
        nodes=tuple(node.name for node in nodes),
        failure=reason,
        lost=lost,
        duplicates=0,
        figures=None,
        facts=None,
        phases=None,
        elapsed=elapsed,
    )


def known_rate(trial: Trial, results: Sequence[TrialResult]) -> Rate | None:
    """Throughput of the latest finished trial of the same cell, to spare the calibration.

    A trial during which the broker stalled is left out: its rate would make the next window too short.
    """
    same = [one.figures for one in results if one.figures and one.trial.cell == trial.cell]
    sound = [figures for figures in same if (figures.broker_wait or 0.0) <= MOST_BROKER_WAIT]
    return sound[-1].throughput if sound else None
