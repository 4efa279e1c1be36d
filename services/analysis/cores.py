"""Cores that nodes can use together: nodes of one host share its cores."""

from __future__ import annotations

from collections.abc import Iterable

from services.core.environment import Fingerprint, Node


def by_host(nodes: Iterable[Node]) -> tuple[tuple[Fingerprint, ...], ...]:
    """Return the fingerprints of the nodes, grouped by host (boot id)."""
    found: dict[str, list[Fingerprint]] = {}
    for node in nodes:
        found.setdefault(node.fingerprint.boot, []).append(node.fingerprint)
    return tuple(map(tuple, found.values()))


def usable_cores(hosts: Iterable[tuple[Fingerprint, ...]]) -> float:
    """Return the number of cores that all nodes of these hosts can use together."""
    return sum(min(sum(node.usable_cores for node in host), host[0].cores) for host in hosts)
