"""`lab workloads [NAME]`: what can be run, and with which parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from services.cli import terminal
from services.cli.options import as_json, print_json
from services.cli.terminal import Block, indented, plain_table
from services.core.errors import NotFound
from services.core.near import did_you_mean
from workloads.contract import Parameter, Workload
from workloads.registry import Registry, discover

GIL = {
    "held": "keeps the GIL",
    "released": "releases the GIL in C code",
    "waits": "waits without the GIL",
    "mixed": "keeps the GIL for a part of its time",
}


@click.command(name="workloads")
@click.argument("name", required=False)
@as_json
def command(name: str | None, as_json: bool) -> None:
    """List the workloads, or describe the one called NAME with all its parameters."""
    registry = discover()
    if name is None:
        if as_json:
            print_json({"workloads": [described(one) for one in registry.values()]})
        else:
            terminal.show(*overview(registry))
        return
    if name not in registry:
        known = ", ".join(registry)
        raise NotFound(f"there is no workload {name!r}; the workloads are {known}{did_you_mean(name, registry)}")
    if as_json:
        print_json(described(registry[name]))
    else:
        terminal.show(*details(registry[name]))


def described(workload: Workload) -> dict[str, object]:
    """Return a workload as plain data."""
    return {
        "name": workload.name,
        "family": workload.family,
        "description": workload.description,
        "gil": workload.gil,
        "parameters": [asdict(parameter) for parameter in workload.parameters],
    }


def overview(registry: Registry) -> Iterator[Block]:
    """Yield a block per workload: its description, and its parameters ready to be typed."""
    for one in registry.values():
        parameters = [f"{parameter.name}={parameter.default}  {bounds(parameter)}" for parameter in one.parameters]
        yield terminal.stacked(
            f"{one.name} ({one.family})", *(indented(line) for line in (one.description, *parameters))
        )


def details(workload: Workload) -> Iterator[Block]:
    """Yield all about a workload, and a command to start from."""
    yield f"{workload.name} ({workload.family}, {GIL[workload.gil]}): {workload.description}"
    rows = [(one.name, str(one.default), bounds(one), one.help or None) for one in workload.parameters]
    yield plain_table(("parameter", "default", "allowed", "meaning"), rows)
    yield terminal.command(f"lab run {workload.name}", *(f"-p {one.name}={one.default}" for one in workload.parameters))


def bounds(parameter: Parameter) -> str:
    """Return the allowed values: `2 to 3000000 numbers`, `fast, slow`."""
    if parameter.choices:
        return ", ".join(parameter.choices)
    return f"{parameter.low} to {parameter.high}{f' {parameter.unit}' if parameter.unit else ''}"
