"""Attempts at trials: the lease that keeps each alive, and what it leaves in the store."""

from __future__ import annotations

from services.broker.queues import Queues
from services.store import keys
from services.store.connection import Client
from services.store.nodes import Lease


class Attempts:
    """The attempts of one conductor."""

    def __init__(self, client: Client, holder: str) -> None:
        self._client = client
        self._holder = holder
        self._queues = Queues(client)

    def lease(self, attempt: str) -> Lease:
        """The lease of an attempt; nodes give it up when the lease is gone."""
        return Lease(self._client, keys.lease(attempt), self._holder)

    def forget(self, attempt: str, shares: int) -> None:
        """Delete the keys of an attempt whose nodes may be dead. Raises StoreUnreachable."""
        for share in range(shares):
            self._queues.forget(keys.measured(attempt, share))
