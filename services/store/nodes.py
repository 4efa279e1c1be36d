"""Which nodes there are, and the leases under which they and the conductor work."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Final

from services.core.codec import Unreadable, from_json, to_json
from services.core.environment import Node
from services.core.safe_text import plain
from services.core.units import Seconds
from services.store import keys
from services.store.connection import Client, reaching

#: A node that has not announced itself for so long is gone; short enough for pages to show its loss within 10 s.
NODE_LIFETIME: Seconds = 8.0
#: A lease that was not renewed for so long is free.
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
#: One agent per name. KEYS: the node, NODES; ARGV: instance, announcement, lifetime in ms, name.
ANNOUNCE: Final = """
local decoded, other = pcall(cjson.decode, redis.call('GET', KEYS[1]) or '{}')
if decoded and type(other) == 'table' and other.instance and other.instance ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SADD', KEYS[2], ARGV[4])
return 1
"""
log = logging.getLogger(__name__)


class Nodes:
    """The nodes that announced themselves lately."""

    def __init__(self, client: Client) -> None:
        self._client = client
        #: Announcements that cannot be read, by name; each is logged once.
        self._unreadable: dict[str, str] = {}

    def announce(self, node: Node) -> bool:
        """Store that the node is there; to be repeated within NODE_LIFETIME.

        Returns False, and changes nothing, while another agent of this name is there.
        """
        lifetime = int(NODE_LIFETIME * 1000)
        with reaching():
            key, arguments = keys.node(node.name), (node.instance, to_json(node), lifetime, node.name)
            return bool(self._client.eval(ANNOUNCE, 2, key, keys.NODES, *arguments))

    def left(self, name: str) -> Seconds:
        """Time for which the last announcement of a node still counts; not above 0 if there is none."""
        with reaching():
            return int(self._client.pttl(keys.node(name))) / 1000

    def leave(self, name: str) -> None:
        """Withdraw the node's announcement."""
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.delete(keys.node(name))
            pipe.srem(keys.NODES, name)
            pipe.execute()

    def present(self) -> tuple[Node, ...]:
        """Return the nodes that are there and of this version of the lab, by name."""
        with reaching():
            names = sorted(str(name) for name in self._client.smembers(keys.NODES))
            texts = self._client.mget([keys.node(name) for name in names]) if names else []
        return tuple(self._readable(zip(names, texts, strict=True)))

    def _readable(self, found: Iterable[tuple[str, str | bytes | None]]) -> Iterator[Node]:
        for name, text in found:
            try:
                if text is not None:
                    yield from_json(Node, text)
            except Unreadable as error:
                if self._unreadable.get(name) != str(error):
                    self._unreadable[name] = str(error)
                    log.warning("node %s is of another version of the lab: %s", plain(name), plain(error))


class Lease:
    """A key that one holder keeps alive: without the key, the holder is gone.

    Not `redis.lock.Lock`: a holder whose first request succeeded and whose answer was lost must succeed when it
    asks again, and a `Lock` is refused the key that it already has.
    """

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
        """Return whether a process holds it."""
        with reaching():
            return bool(self._client.exists(self._key))
