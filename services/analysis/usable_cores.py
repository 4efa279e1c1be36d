"""Cores that nodes can use together: nodes of one host share its cores."""

from __future__ import annotations

from collections.abc import Iterable

from services.core.environment import Environment, Fingerprint, Node
from services.core.summary import CellSummary


def by_host(nodes: Iterable[Node]) -> tuple[tuple[Fingerprint, ...], ...]:
    """Return the fingerprints of the nodes, grouped by host (boot id)."""
    found: dict[str, list[Fingerprint]] = {}
    for node in nodes:
        found.setdefault(node.fingerprint.boot, []).append(node.fingerprint)
    return tuple(map(tuple, found.values()))


def usable_cores(hosts: Iterable[tuple[Fingerprint, ...]]) -> float:
    """Return the number of cores that all nodes of these hosts can use together."""
    return sum(min(sum(node.usable_cores for node in host), host[0].cores) for host in hosts)


def cores_of_every_cell(cells: Iterable[CellSummary], environment: Environment) -> float | None:
    """Return the number of cores that each measured cell could use; None where cells differ, or a node is unknown."""
    known = {node.name: node for node in environment.nodes}
    trials = [trial for cell in cells if cell.cpu for trial in cell.trials if not trial.failure]
    if not all(known.keys() >= set(trial.nodes) for trial in trials):
        return None
    found = {usable_cores(by_host(known[name] for name in trial.nodes)) for trial in trials}
    return found.pop() if len(found) == 1 else None
