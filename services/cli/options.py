"""The option and the output that several commands share."""

from __future__ import annotations

import json

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, and nothing else there.")


def print_json(data: object) -> None:
    """Print data as REST sends it."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """Print a line that is no result: on stderr."""
    click.echo(text, err=True)
