"""`lab claims`: every claim of the guide, measured here."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby, zip_longest

import click

from services.cli.errors import FAILED, terminable
from services.cli.follow import cancel, follow
from services.cli.options import as_json, print_json
from services.cli.progress import Display, display
from services.cli.reach import Reached, reach_for_run, reach_results
from services.core.claims import ClaimReport, Standing
from services.core.codec import to_data
from services.views.columns import WIDTH, wrapped

#: Width of a standing, and of the gap after it.
MARGIN = 21


@click.command(name="claims")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--show", is_flag=True, help="Measure nothing: show what is known.")
@as_json
@click.pass_context
def command(ctx: click.Context, /, names: tuple[str, ...], show: bool, as_json: bool) -> None:
    """Measure the claims of the guide about threads and processes, or those NAMEd, and say which hold here.

    Same experiments, same rules and same answers as on the page. All of them take about five minutes on two cores.

    Exit code: 0 all measured, whether they hold or not, 1 one could not be, 2 wrong usage, 3 lab not reachable.
    """
    if show:
        with reach_results() as here:
            found = _named(here.lab.claims(), names)
    else:
        shown = display()
        with terminable(), reach_for_run(shown.say) as here:
            _named(here.lab.claims(), names)  # what is wrong is said before anything is measured
            _measure(here, names, shown)
            found = _named(here.lab.claims(), names)
    if as_json:
        print_json({"claims": [to_data(one) for one in found]})
    else:
        click.echo(text(found))
    if not show and any(one.judged.standing is Standing.OPEN for one in found):
        ctx.exit(FAILED)


def text(found: Sequence[ClaimReport]) -> str:
    """Format the claims by topic: standing, statement, figure."""
    parts = []
    for topic, members in groupby(found, key=lambda one: one.claim.topic):
        lines = [topic.capitalize()]
        lines += [_claim(one) for one in members]
        parts.append("\n".join(lines))
    standing = [one.judged.standing for one in found]
    counts = ", ".join(f"{standing.count(one)} {one}" for one in Standing if one in standing)
    return "\n\n".join((*parts, f"{len(found)} claim{'s' if len(found) > 1 else ''}: {counts}."))


def _claim(report: ClaimReport) -> str:
    """Two columns: the standing, and the statement with its figures."""
    said = [report.claim.says, *([report.judged.found] if report.judged.found else ())]
    said += [
        f"- {line.preset}: {line.standing}.{f' {line.found}' if line.found else ''}" for line in report.judged.lines
    ]
    right = [part for text in said for part in textwrap.wrap(text, WIDTH - MARGIN, subsequent_indent=_indent(text))]
    left = textwrap.wrap(report.judged.standing, MARGIN - 4)
    pairs = zip_longest(left, right, fillvalue="")
    return "\n".join(f"  {standing:<{MARGIN - 2}}{text}".rstrip() for standing, text in pairs)


def _indent(text: str) -> str:
    return "  " if text.startswith("- ") else ""


def _named(claims: Sequence[ClaimReport], names: Sequence[str]) -> tuple[ClaimReport, ...]:
    known = [one.claim.name for one in claims]
    if unknown := [name for name in names if name not in known]:
        told = f"there is no claim {', '.join(map(repr, unknown))}; there are {', '.join(known)}"
        raise click.UsageError(wrapped(told))
    return tuple(one for one in claims if not names or one.claim.name in names)


def _measure(here: Reached, names: Sequence[str], shown: Display) -> None:
    """All are queued at once and run one after the other."""
    before = {line.record.experiment.id for line in here.lab.experiments().lines}
    experiments = [record.experiment for record in here.lab.measure_claims(*names)]
    for place, experiment in enumerate(experiments):
        with shown:
            try:
                follow(here, experiment, shown)
            except KeyboardInterrupt:
                for left in experiments[place:]:
                    if left.id not in before:  # somebody else asked for those
                        cancel(here, left, shown)
                raise
