"""One agent per name: two of one name would take each other's orders."""

from __future__ import annotations

import time

from services.core.errors import Conflict
from services.core.units import Seconds
from services.store.nodes import Nodes

#: A living agent announces itself every second; one that has not for so long is dead.
WATCH: Seconds = 3.0
LOOK: Seconds = 0.1


def take_name(nodes: Nodes, name: str, *, watch: Seconds = WATCH) -> None:
    """Return when no living agent has the name; what a dead one left is removed. Raises Conflict, StoreUnreachable."""
    left, deadline = nodes.left(name), time.monotonic() + watch
    while left > 0 and time.monotonic() < deadline:
        time.sleep(LOOK)
        before, left = left, nodes.left(name)
        if left > before:
            raise Conflict(f"a node called {name} is at work already: set LAB_NODE to a name of its own")
    nodes.leave(name)
