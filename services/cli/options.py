"""What several commands take and print."""

from __future__ import annotations

import json

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, and nothing else there.")


def print_json(data: object) -> None:
    """`data` as `to_data` made it, in the shape in which REST answers."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """A line for the user that is no result."""
    click.echo(text, err=True)
