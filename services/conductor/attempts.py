"""Attempts at trials: the lease that keeps each alive, and what it leaves on the broker under test."""

from __future__ import annotations

import logging

from services.broker.contract import Broker, Place
from services.core.errors import BrokerUnreachable
from services.store import keys
from services.store.connection import Client
from services.store.nodes import Lease

log = logging.getLogger(__name__)


class Attempts:
    """The attempts of one conductor."""

    def __init__(self, client: Client, broker: Broker, holder: str) -> None:
        self._client = client
        self._broker = broker
        self._holder = holder

    def lease(self, attempt: str) -> Lease:
        """Return the lease of an attempt; nodes give the attempt up when its lease is gone."""
        return Lease(self._client, keys.lease(attempt), self._holder)

    def forget(self, attempt: str, shares: int) -> None:
        """Delete what an attempt left on the broker, as far as the broker answers: its nodes may be dead.

        What is left then is deleted when a node starts.
        """
        try:
            for share in range(shares):
                self._broker.forget(Place(attempt=attempt, share=share))
        except BrokerUnreachable as error:
            log.warning("attempt %s is not deleted: %s", attempt, error)
