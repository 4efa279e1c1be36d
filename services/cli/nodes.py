"""`lab nodes`: the machines that can measure."""

from __future__ import annotations

import click

from services.cli.options import as_json, print_json
from services.cli.reach import reach
from services.core.codec import to_data
from services.core.environment import Node
from services.views import human
from services.views.columns import columns


@click.command(name="nodes")
@as_json
def command(as_json: bool) -> None:
    """List the nodes that are there now."""
    found = reach().lab.nodes()
    if as_json:
        print_json({"nodes": [to_data(node) for node in found]})
    else:
        click.echo(table(found) if found else "No node is there: lab serve node")


def table(nodes: tuple[Node, ...]) -> str:
    """A line a node."""
    rows = [
        (
            node.name,
            f"{node.fingerprint.usable_cores:g} of {node.fingerprint.cores}",
            human.size(node.fingerprint.memory_limit),
            node.fingerprint.python,
            node.fingerprint.celery,
            node.trial or "idle",
        )
        for node in nodes
    ]
    return columns(("node", "cores", "memory", "Python", "Celery", "trial"), rows, right=frozenset({1, 2}))
