"""Finds the nodes of a trial, and waits a bounded time for those that are missing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from services.core.environment import Node
from services.core.errors import TrialFailed
from services.core.experiment import Trial
from services.core.report import CurrentTrial
from services.core.units import Seconds
from services.store.experiments import Experiments
from services.store.nodes import Nodes

#: Between two looks for nodes, for the store, and for a request to cancel.
LOOK: Seconds = 0.5
#: The time left is shown in steps of this many seconds: every change of it is an event, and those are limited.
STEP = 5


class Gathering:
    """Waits at most `patience` seconds in an experiment for a number of nodes; its further trials do not wait again."""

    def __init__(self, *, experiments: Experiments, nodes: Nodes, patience: Seconds, look: Seconds = LOOK) -> None:
        self._experiments = experiments
        self._nodes = nodes
        self._patience = patience
        self.look = look
        #: Experiment and number of nodes that it wants -> when there were first too few of them.
        self._short: dict[tuple[str, int], Seconds] = {}

    def nodes_for(self, trial: Trial, between: Callable[[], None]) -> tuple[Node, ...]:
        """Return as many nodes as the trial needs, always the same ones while they are there.

        While there is no node at all it waits without a limit: no other experiment could be measured either.
        `between` is called before each look and may raise. Raises TrialFailed when the time is over.
        """
        wanted, shown = trial.cell.replicas, ""
        key = (trial.experiment, wanted)
        while True:
            between()
            present = self._nodes.present()
            if len(present) >= wanted or not present:
                self._short.pop(key, None)
            if len(present) >= wanted:
                return present[:wanted]
            now = time.monotonic()
            left = self._patience - (now - self._short.setdefault(key, now)) if present else math.inf
            missing = self._missing(trial, present)
            if left <= 0:
                raise TrialFailed(
                    f"{missing} did not come within {self._patience:g} s (LAB_NODE_WAIT): "
                    f"{wanted} nodes are needed, {len(present)} there ({', '.join(node.name for node in present)})"
                )
            waits = f"waits for {missing}"
            if present:
                waits += f", {math.ceil(left / STEP) * STEP} s left"
            if waits != shown:
                self._show(trial, waits)
                shown = waits
            time.sleep(self.look)

    def _missing(self, trial: Trial, present: tuple[Node, ...]) -> str:
        """Name the nodes that took part before and are gone; else the number that is missing."""
        lack = trial.cell.replicas - len(present)
        there = {node.name for node in present}
        gone = [node.name for node in self._experiments.environment(trial.experiment).nodes if node.name not in there]
        if gone and lack <= len(gone):
            return f"node {gone[0]}" if len(gone) == 1 else f"nodes {' and '.join(gone[:lack])}"
        return "a node" if lack == 1 else f"{lack} nodes"

    def _show(self, trial: Trial, phase: str) -> None:
        self._experiments.set_now(trial.experiment, CurrentTrial.of(trial, phase, waiting=True))
