"""Damages to the store's files, kept in the store itself until they are dismissed."""

from __future__ import annotations

from typing import Final

from services.core.codec import from_json, to_json
from services.core.damage import Damage
from services.core.units import Seconds
from services.store import keys
from services.store.connection import Client, reaching

#: After the last damage was found.
KEPT: Final[Seconds] = 30 * 86_400


class Damages:
    """The damages that users are shown. Every method raises StoreUnreachable when Redis does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def add(self, damage: Damage) -> None:
        """Show a damage from now on, for KEPT."""
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.rpush(keys.DAMAGES, to_json(damage))
            pipe.expire(keys.DAMAGES, int(KEPT))
            pipe.execute()

    def known(self) -> tuple[Damage, ...]:
        """Return the damages that were not dismissed, oldest first."""
        with reaching():
            found = self._client.lrange(keys.DAMAGES, 0, -1)
        return tuple(from_json(Damage, text) for text in found)

    def dismiss(self) -> None:
        """Show none of them any more."""
        with reaching():
            self._client.delete(keys.DAMAGES)
