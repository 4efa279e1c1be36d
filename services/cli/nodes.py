"""`lab nodes`: the machines that can measure."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.console import RenderableType

from services.cli import terminal
from services.cli.options import as_json, print_json
from services.cli.reach import reach
from services.core.codec import to_data
from services.core.environment import Node
from services.core.quantities import size


@click.command(name="nodes")
@as_json
def command(as_json: bool) -> None:
    """List the nodes that are connected now."""
    found = reach().lab.nodes()
    if as_json:
        print_json({"nodes": [to_data(node) for node in found]})
    else:
        terminal.show(table(found) if found else "No node is connected. Start one: lab serve node")


def table(nodes: Sequence[Node]) -> RenderableType:
    """Return a row per node."""
    rows = [
        (
            node.name,
            f"{node.fingerprint.usable_cores:g} of {node.fingerprint.cores}",
            size(node.fingerprint.memory_limit),
            node.fingerprint.python,
            node.fingerprint.celery,
            node.trial or "idle",
        )
        for node in nodes
    ]
    return terminal.plain_table(("node", "cores", "memory", "Python", "Celery", "trial"), rows)
