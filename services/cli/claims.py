"""`lab claims`: every claim of the guide, measured here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import click
from rich.console import RenderableType

from services.cli import terminal
from services.cli.exit_codes import FAILED, terminable
from services.cli.follow import cancel, follow
from services.cli.options import as_json, print_json
from services.cli.progress import Display, display
from services.cli.reach import Reached, reach_for_run, reach_results
from services.cli.terminal import Block, beside, indented
from services.core.claims import ClaimReport, Standing
from services.core.codec import to_data
from services.lab import precheck
from services.views import sentences

#: Width of a standing and the gap after it.
STANDING: Final = 19


@click.command(name="claims")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--show", is_flag=True, help="Measure nothing: show the results so far.")
@as_json
@click.pass_context
def command(ctx: click.Context, /, names: tuple[str, ...], show: bool, as_json: bool) -> None:
    """Measure the claims of the guide about threads and processes, or only those NAMEd, and report which hold here.

    The page of claims shows the same results. All claims together take about five minutes on two cores.

    Exit code: 0 all measured, whether they hold or not, 1 one could not be, 2 wrong usage, 3 lab not reachable.
    """
    wanted = precheck.claims(names)
    if show:
        with reach_results() as here:
            found = _reports(here, wanted)
    else:
        shown = display()
        with terminable(), reach_for_run(shown.say) as here:
            _measure(here, wanted, shown)
            found = _reports(here, wanted)
    if as_json:
        print_json({"claims": [to_data(one) for one in found]})
    else:
        terminal.show(*blocks(found))
    if not show and any(one.judged.standing is Standing.OPEN for one in found):
        ctx.exit(FAILED)


def blocks(found: Sequence[ClaimReport]) -> Iterator[Block]:
    """Yield a block per topic with the standing, statement and figures of its claims, and a count at the end."""
    for topic, members in groupby(found, key=lambda one: one.claim.topic):
        yield terminal.stacked(topic.capitalize(), *(indented(_claim(one)) for one in members))
    standing = [one.judged.standing for one in found]
    counts = ", ".join(f"{standing.count(one)} {one}" for one in Standing if one in standing)
    yield f"{len(found)} claim{'s' if len(found) > 1 else ''}: {counts}."


def _claim(report: ClaimReport) -> RenderableType:
    """Return the standing, and beside it the statement with its figures."""
    lines = (beside("-", sentences.evidence(line), columns=3) for line in report.judged.lines)
    return beside(report.judged.standing, report.claim.statement, report.judged.result, *lines, columns=STANDING)


def _reports(here: Reached, names: Sequence[str]) -> tuple[ClaimReport, ...]:
    return tuple(one for one in here.lab.claims() if one.claim.name in names)


def _measure(here: Reached, names: Sequence[str], shown: Display) -> None:
    """Queue the experiments of all claims at once, and follow one after the other."""
    before = {line.record.experiment.id for line in here.lab.experiments().lines}
    experiments = [record.experiment for record in here.lab.measure_claims(*names)]
    for place, experiment in enumerate(experiments):
        with shown:
            try:
                follow(here, experiment, shown)
            except KeyboardInterrupt:
                for left in experiments[place:]:
                    if left.id not in before:  # another user's request queued the older ones
                        cancel(here, left, shown)
                raise
