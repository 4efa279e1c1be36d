"""`lab workloads [NAME]`: what can be run, and with which parameters."""

from __future__ import annotations

from dataclasses import asdict

import click

from services.cli.options import as_json, print_json
from services.core.errors import NotFound
from services.views.columns import WIDTH, columns, wrapped
from workloads.contract import Parameter, Workload
from workloads.registry import Registry, discover

GIL = {
    "held": "keeps the GIL",
    "released": "gives the GIL up inside C code",
    "waits": "waits without the GIL",
    "mixed": "keeps the GIL for a part of its time",
}


@click.command(name="workloads")
@click.argument("name", required=False)
@as_json
def command(name: str | None, as_json: bool) -> None:
    """List the workloads, or tell all about the one called NAME."""
    registry = discover()
    if name is None:
        if as_json:
            print_json({"workloads": [described(one) for one in registry.values()]})
        else:
            click.echo(overview(registry))
        return
    if name not in registry:
        raise NotFound(f"there is no workload {name!r}: there are {', '.join(registry)}")
    if as_json:
        print_json(described(registry[name]))
    else:
        click.echo(details(registry[name]))


def described(workload: Workload) -> dict[str, object]:
    """As plain data."""
    return {
        "name": workload.name,
        "family": workload.family,
        "description": workload.description,
        "gil": workload.gil,
        "parameters": [asdict(parameter) for parameter in workload.parameters],
    }


def overview(registry: Registry) -> str:
    """Two or three lines a workload, ready to be typed."""
    return "\n".join(
        "\n".join((
            wrapped(one.description, indent="    ", first=f"{one.name} ({one.family}): "),
            *(
                wrapped(f"{parameter.name}={parameter.default}  {bounds(parameter)}", indent=" " * 8, first=" " * 4)
                for parameter in one.parameters
            ),
        ))
        for one in registry.values()
    )  # fmt: skip


def details(workload: Workload) -> str:
    """Everything, and a command to start from."""
    rows = [(one.name, str(one.default), "" if one.choices else bounds(one)) for one in workload.parameters]
    table = columns(("parameter", "default", "allowed"), rows)
    helps = [
        wrapped(f"{one.help}{f': {bounds(one)}' if one.choices else ''}", indent="    ", first=f"{one.name}: ")
        for one in workload.parameters
        if one.help or one.choices
    ]
    words = (f"lab run {workload.name}", *(f"--param {one.name}={one.default}" for one in workload.parameters))
    example = " ".join(words)
    if len(example) > WIDTH:
        example = " \\\n    ".join(words)
    return "\n\n".join((
        wrapped(f"{workload.name} ({workload.family}, {GIL[workload.gil]}): {workload.description}", indent="    "),
        table,
        "\n".join(helps),
        example,
    ))  # fmt: skip


def bounds(parameter: Parameter) -> str:
    """`2 to 3000000 numbers`, `fast, slow`."""
    if parameter.choices:
        return ", ".join(parameter.choices)
    return f"{parameter.low} to {parameter.high}{f' {parameter.unit}' if parameter.unit else ''}"
