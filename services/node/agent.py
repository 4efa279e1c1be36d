"""The agent: answers the conductor's orders on queue `node.<name>`, one trial at a time."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any

from services.broker.answering import until_answered
from services.core.codec import from_data, to_data
from services.core.environment import Fingerprint, Node
from services.core.errors import BrokerUnreachable, NodeUnreachable, StoreUnreachable, TrialFailed
from services.core.reference_loop import Reference, ReferenceOrder
from services.core.report import CurrentTrial
from services.core.trial import TrialSpec
from services.core.units import Seconds
from services.node import reference_loop
from services.node.measurement import Measurement
from services.node.rig import Rig
from services.store.experiments import Experiments
from services.store.nodes import LEASE_LIFETIME, Lease, Nodes

#: Between two announcements, and two looks at the lease of the trial at hand.
BEAT: Seconds = 1.0
log = logging.getLogger(__name__)


class Agent:
    """Holds at most one measurement, as long as the conductor keeps the trial's lease."""

    def __init__(
        self,
        *,
        name: str,
        instance: str,
        fingerprint: Fingerprint,
        nodes: Nodes,
        experiments: Experiments,
        rig: Callable[[TrialSpec], Rig],
        lease: Callable[[str], Lease],
        lost: Callable[[], None],
    ) -> None:
        """`lost` is called when another agent has this name: two must never take each other's orders."""
        self.name = name
        self._instance = instance
        self._fingerprint = fingerprint
        self._nodes = nodes
        self._experiments = experiments
        self._rig = rig
        self._lease = lease
        self._lost = lost
        self._lock = threading.Lock()
        self._current: Measurement | None = None
        self._stopped = threading.Event()

    def prepare(self, order: dict[str, Any]) -> dict[str, Any]:
        """Make this node's share of a trial ready to be opened."""
        spec = from_data(TrialSpec, order)
        if not self._lease(spec.attempt).held():
            raise TrialFailed(f"attempt {spec.attempt} is not wanted any more")
        measurement = Measurement(spec, self._rig, self._say(spec))
        with self._lock:
            left, self._current = self._current, measurement
        if left is not None:
            until_answered(left.end)
        try:
            return to_data(measurement.prepare())  # type: ignore[no-any-return]
        except TrialFailed as error:
            self._unless_stopped(error)
            raise

    def saturate(self, attempt: str) -> dict[str, Any]:
        """Measure the prepared share; nothing is left of it after."""
        measurement = self._at(attempt)
        if measurement is None:
            raise NodeUnreachable(f"attempt {attempt} is not prepared on {self.name}: its agent was started again")
        try:
            measured = measurement.saturate(node=self.name, boot=self._fingerprint.boot)
            if measured.failure:
                self._unless_stopped(TrialFailed(measured.failure))
            return to_data(measured)  # type: ignore[no-any-return]
        except TrialFailed as error:
            self._unless_stopped(error)
            raise
        finally:
            self._drop(measurement)

    def reference(self, order: dict[str, Any]) -> dict[str, Any]:
        """Measure the reference loop. A measured worker that is still there is ended first.

        Raises NodeUnreachable when no conductor waits for the answer any more, CannotStart.
        """
        asked = from_data(ReferenceOrder, order)
        if not self._lease(asked.lease).held():
            raise NodeUnreachable(f"no conductor waits for the reference of block {asked.block} any more")
        if (left := self._current) is not None:
            self._drop(left)
        cores = self._fingerprint.usable_cores
        one, several = reference_loop.measure(cores)
        return to_data(  # type: ignore[no-any-return]
            Reference(
                node=self.name,
                block=asked.block,
                cores=cores,
                processes=math.ceil(cores),
                one=one,
                several=several,
            )
        )

    def abandon(self, attempt: str) -> None:
        """Give up an attempt, in whatever phase."""
        measurement = self._at(attempt)
        if measurement is not None:
            self._drop(measurement)

    def beat(self, *, every: Seconds = BEAT, patience: Seconds = LEASE_LIFETIME) -> None:
        """Announce the node and watch the lease until `stop`; to be run on a thread of its own."""
        reached = time.monotonic()
        while not self._stopped.wait(every):
            current = self._current
            try:
                if not self.announce():
                    log.critical("another node called %s is at work: set LAB_NODE to a name of its own", self.name)
                    self._lost()
                    return
                held = current is None or self._lease(current.spec.attempt).held()
                reached = time.monotonic()
            except StoreUnreachable as error:
                log.warning("%s", error)
                held = time.monotonic() - reached < patience
            if current is not None and not held:
                log.warning("the conductor of attempt %s is gone", current.spec.attempt)
                self._drop(current)

    def stop(self) -> None:
        """End the beat and the trial that is measured."""
        self._stopped.set()
        try:
            if self._current is not None:
                self._current.end()
        except BrokerUnreachable as error:
            log.warning("%s", error)
        try:
            self._nodes.leave(self.name)
        except StoreUnreachable as error:
            log.warning("%s", error)

    def announce(self) -> bool:
        """Announce the node once; False if another agent has its name."""
        current = self._current
        return self._nodes.announce(
            Node(
                name=self.name,
                instance=self._instance,
                fingerprint=self._fingerprint,
                seen=time.time(),
                trial=None if current is None else current.spec.trial.id,
            )
        )

    def _unless_stopped(self, error: TrialFailed) -> None:
        """Raise NodeUnreachable when this node is shutting down: then the trial is measured again."""
        if self._stopped.is_set():
            raise NodeUnreachable(f"node {self.name} is shutting down") from error

    def _at(self, attempt: str) -> Measurement | None:
        current = self._current
        return current if current is not None and current.spec.attempt == attempt else None

    def _drop(self, measurement: Measurement) -> None:
        try:
            measurement.end()
        except BrokerUnreachable as error:
            log.warning("%s", error)
            return  # The beat, or the next trial, does the rest.
        with self._lock:
            if self._current is measurement:
                self._current = None

    def _say(self, spec: TrialSpec) -> Callable[[str], None]:
        trial = spec.trial

        def say(phase: str) -> None:
            if spec.share == 0:
                self._experiments.set_now(trial.experiment, CurrentTrial.of(trial, phase))

        return say
