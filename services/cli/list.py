"""`lab list`: the experiments so far."""

from __future__ import annotations

import click

from services.cli import human
from services.cli.columns import columns
from services.cli.options import as_json, print_json, say
from services.cli.reach import reach_results
from services.core.codec import to_data
from services.core.plain import plain
from services.core.report import Line


@click.command(name="list")
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, 1000), help="The newest so many.")
@as_json
def command(count: int, as_json: bool) -> None:
    """List the experiments, newest first."""
    with reach_results() as here:
        found, health = here.lab.experiments(count), here.lab.health()
    if as_json:
        print_json({"experiments": [to_data(line) for line in found]})
    else:
        click.echo(table(found) if found else "No experiment yet: lab run primes")
    for damage in health.damages:
        say(human.damage(damage))
    for id, reason in health.set_aside.items():
        say(f"1 record could not be read and left the queue: {plain(id)} ({plain(reason)})")


def table(lines: tuple[Line, ...]) -> str:
    """A line an experiment."""
    rows = []
    for line in lines:
        asked = line.record.experiment
        rows.append((
            asked.id,
            line.record.state.value,
            f"{line.progress.done}/{line.progress.total}",
            human.moment(asked.created),
            _short(human.call(asked.workload, asked.params)),
        ))  # fmt: skip
    return columns(("id", "state", "trials", "asked", "workload"), rows, right=frozenset({2}))


def _short(text: str, most: int = 32) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
