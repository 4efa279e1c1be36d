"""Has the reference loop measured once per block on every node that takes part."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from services.conductor.lease_keeper import LeaseKeeper
from services.core.environment import Node
from services.core.errors import NodeUnreachable
from services.core.experiment import Trial
from services.core.reference_loop import Reference, ReferenceOrder
from services.core.report import CurrentTrial
from services.node.orders import NodeOrders
from services.store.experiments import Experiments
from services.store.nodes import Lease

log = logging.getLogger(__name__)


class References:
    """Stores the reference loop of a block and node before the first trial of the block there."""

    def __init__(
        self,
        *,
        experiments: Experiments,
        orders: NodeOrders,
        keeper: LeaseKeeper,
        lease: Callable[[str], Lease],
        token: Callable[[], str],
    ) -> None:
        self._experiments = experiments
        self._orders = orders
        self._keeper = keeper
        self._lease = lease
        self._token = token

    def complete(self, trial: Trial, nodes: Sequence[Node], between: Callable[[], None]) -> None:
        """Measure what the block of `trial` lacks on `nodes`, one node after another: two may share a host.

        A reference that cannot be measured is stored as missing, with the reason; the trial continues without it.
        `between` is called while waiting and may raise. Raises StoreUnreachable.
        """
        for node in nodes:
            if not self._experiments.has_reference(trial.experiment, trial.repeat, node.name):
                self._say(trial)
                self._experiments.save_reference(trial.experiment, self._measured(trial, node, between))

    def _measured(self, trial: Trial, node: Node, between: Callable[[], None]) -> Reference:
        began = time.monotonic()
        lease = f"{trial.experiment}-reference-{trial.repeat}-{self._token()}"
        try:
            with self._keeper.keeping(self._lease(lease)):
                found = self._orders.reference(node, ReferenceOrder(lease=lease, block=trial.repeat), between)
        except NodeUnreachable as error:
            log.warning("experiment %s, reference of block %d: %s", trial.experiment, trial.repeat, error)
            cores = node.fingerprint.usable_cores
            found = Reference(
                node=node.name, block=trial.repeat, cores=cores, processes=math.ceil(cores), missing=str(error)
            )
        return replace(found, elapsed=time.monotonic() - began)

    def _say(self, trial: Trial) -> None:
        self._experiments.set_now(trial.experiment, CurrentTrial.of(trial, "reference"))
