"""`lab workloads [NAME]`: what can be run, and with which parameters."""

from __future__ import annotations

from collections.abc import Iterator

import click

from services.cli import terminal
from services.cli.options import as_json, print_json
from services.cli.terminal import Block, indented, plain_table
from services.core.errors import NotFound
from services.core.suggestions import did_you_mean
from services.views.workloads import as_data, bounds, gil
from workloads.contract import Workload
from workloads.registry import Registry, discover


@click.command(name="workloads")
@click.argument("name", required=False)
@as_json
def command(name: str | None, as_json: bool) -> None:
    """List the workloads, or describe the one called NAME with all its parameters."""
    registry = discover()
    if name is None:
        if as_json:
            print_json({"workloads": [as_data(one) for one in registry.values()]})
        else:
            terminal.show(*overview(registry))
        return
    if name not in registry:
        known = ", ".join(registry)
        raise NotFound(f"there is no workload {name!r}; the workloads are {known}{did_you_mean(name, registry)}")
    if as_json:
        print_json(as_data(registry[name]))
    else:
        terminal.show(*details(registry[name]))


def overview(registry: Registry) -> Iterator[Block]:
    """Yield a block per workload: its description, and its parameters ready to be typed."""
    for one in registry.values():
        parameters = [f"{parameter.name}={parameter.default}  {bounds(parameter)}" for parameter in one.parameters]
        yield terminal.stacked(
            f"{one.name} ({one.family})", *(indented(line) for line in (one.description, *parameters))
        )


def details(workload: Workload) -> Iterator[Block]:
    """Yield all about a workload, and a command to start from."""
    yield f"{workload.name} ({workload.family}): {workload.description} {gil(workload)}"
    rows = [(one.name, str(one.default), bounds(one), one.help or None) for one in workload.parameters]
    yield plain_table(("parameter", "default", "allowed", "meaning"), rows)
    yield terminal.command(f"lab run {workload.name}", *(f"-p {one.name}={one.default}" for one in workload.parameters))
