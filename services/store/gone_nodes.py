"""Removes what gone nodes left in the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from services.store import keys
from services.store.connection import Client, reaching


def sweep(client: Client) -> int:
    """Delete queues, bindings and names of gone nodes, and return the number of keys. Raises StoreUnreachable.

    A node is gone when its last announcement has expired; one that returns announces itself again, and
    gets new orders.
    """
    with reaching():
        found = list(_of_nodes(client))
        if found:
            client.unlink(*found)
    return len(found)


def _of_nodes(client: Client) -> Iterator[str]:
    names = set(map(str, client.smembers(keys.NODES)))
    for prefix in (keys.node_binding(""), keys.node_binding_permanent("")):
        names |= {str(key).removeprefix(prefix) for key in client.scan_iter(match=f"{prefix}*", count=5000)}
    for name in sorted(names):
        if not client.exists(keys.node(name)):
            client.srem(keys.NODES, name)
            yield from (keys.node_binding(name), keys.node_binding_permanent(name), keys.node_queue(name))
