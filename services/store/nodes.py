"""Which nodes there are, and the leases under which they and the conductor work."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Final

from services.core.codec import Unreadable, from_json, to_json
from services.core.environment import Node
from services.core.units import Seconds
from services.store import keys
from services.store.connection import Client, reaching

#: A node that has not announced itself for so long is gone; short enough for pages to show its loss within 10 s.
NODE_LIFETIME: Seconds = 8.0
#: A lease nobody renewed for so long is free.
LEASE_LIFETIME: Seconds = 10.0
#: Scripts, because a lease may run out and be taken by another between any two commands.
#: KEYS: the lease; ARGV: holder, lifetime in ms.
TAKE: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
#: KEYS: the lease; ARGV: holder.
DROP: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
log = logging.getLogger(__name__)


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
        """The nodes that are there and of this version of the lab, by name."""
        with reaching():
            names = sorted(str(name) for name in self._client.smembers(keys.NODES))
            texts = self._client.mget([keys.node(name) for name in names]) if names else []
        return tuple(_readable(zip(names, texts, strict=True)))


def _readable(found: Iterable[tuple[str, str | bytes | None]]) -> Iterator[Node]:
    for name, text in found:
        try:
            if text is not None:
                yield from_json(Node, text)
        except Unreadable as error:
            log.warning("node %s is of another version of the lab: %s", name, error)


class Lease:
    """A key that one holder keeps alive: whoever finds it gone knows that the holder is."""

    def __init__(self, client: Client, key: str, holder: str) -> None:
        self._client = client
        self._key = key
        self._holder = holder

    def take(self) -> bool:
        """Take it if it is free or ours, for LEASE_LIFETIME from now."""
        with reaching():
            return bool(self._client.eval(TAKE, 1, self._key, self._holder, int(LEASE_LIFETIME * 1000)))

    def drop(self) -> None:
        """Free it if it is ours."""
        with reaching():
            self._client.eval(DROP, 1, self._key, self._holder)

    def held(self) -> bool:
        """Whether anybody holds it."""
        with reaching():
            return bool(self._client.exists(self._key))
