"""Removes what killed processes of the lab left in the store: keys of attempts that are over, traces of gone nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.store import keys
from services.store.connection import Client, reaching

#: Keys per command.
BATCH = 1000


def sweep(client: Client) -> int:
    """Delete the leftovers, and return the number of keys. Raises StoreUnreachable.

    An attempt at a trial is over when its lease is gone; its conductor takes the lease before anything else. A node is
    gone when its last announcement has expired; one that comes back announces itself, and is sent orders, anew.
    """
    with reaching():
        found = [*_of_attempts(client), *_of_nodes(client)]
        for first in range(0, len(found), BATCH):
            client.unlink(*found[first : first + BATCH])
    return len(found)


def _of_attempts(client: Client) -> Iterator[str]:
    over: dict[str, bool] = {}
    for key in map(str, client.scan_iter(match=f"{keys.MEASURED}*", count=5000)):
        attempt = key.removeprefix(keys.MEASURED).partition(":")[0]
        if attempt not in over:
            over[attempt] = not client.exists(keys.lease(attempt))
        if over[attempt]:
            yield key


def _of_nodes(client: Client) -> Iterator[str]:
    """Also forgets the names."""
    names = set(map(str, client.smembers(keys.NODES)))
    for prefix in (keys.node_binding(""), keys.node_binding_permanent("")):
        names |= {str(key).removeprefix(prefix) for key in client.scan_iter(match=f"{prefix}*", count=5000)}
    for name in _gone(client, sorted(names)):
        client.srem(keys.NODES, name)
        yield from (keys.node_binding(name), keys.node_binding_permanent(name), keys.node_queue(name))


def _gone(client: Client, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if not client.exists(keys.node(name)):
            yield name
