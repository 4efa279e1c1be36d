"""Which nodes there are, and the leases under which they and the conductor work."""

from __future__ import annotations

from services.core.codec import from_json, to_json
from services.core.environment import Node
from services.core.units import Seconds
from services.store import keys
from services.store.connection import Client, reaching

#: A node that has not announced itself for so long is gone.
NODE_LIFETIME: Seconds = 10.0
#: A lease nobody renewed for so long is free.
LEASE_LIFETIME: Seconds = 10.0


class Nodes:
    """The nodes that announced themselves lately."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def announce(self, node: Node) -> None:
        """Say that the node is there; to be repeated within NODE_LIFETIME."""
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.set(keys.node(node.name), to_json(node), px=int(NODE_LIFETIME * 1000))
            pipe.sadd(keys.NODES, node.name)
            pipe.execute()

    def leave(self, name: str) -> None:
        """Say that the node is gone."""
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.delete(keys.node(name))
            pipe.srem(keys.NODES, name)
            pipe.execute()

    def present(self) -> tuple[Node, ...]:
        """The nodes that are there, by name."""
        with reaching():
            names = sorted(str(name) for name in self._client.smembers(keys.NODES))
            texts = self._client.mget([keys.node(name) for name in names]) if names else []
        return tuple(from_json(Node, text) for text in texts if text)


class Lease:
    """A key that one holder keeps alive: whoever finds it gone knows that the holder is."""

    def __init__(self, client: Client, key: str, holder: str) -> None:
        self._client = client
        self._key = key
        self._holder = holder

    def take(self) -> bool:
        """Take it if it is free or ours, for LEASE_LIFETIME from now."""
        with reaching():
            if self._client.set(self._key, self._holder, nx=True, px=int(LEASE_LIFETIME * 1000)):
                return True
            if self._client.get(self._key) != self._holder:
                return False
            return bool(self._client.pexpire(self._key, int(LEASE_LIFETIME * 1000)))

    def drop(self) -> None:
        """Free it if it is ours."""
        with reaching():
            if self._client.get(self._key) == self._holder:
                self._client.delete(self._key)

    def held(self) -> bool:
        """Whether anybody holds it."""
        with reaching():
            return bool(self._client.exists(self._key))
