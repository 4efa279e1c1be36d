"""`lab run WORKLOAD`: one experiment, from here to its answer."""

from __future__ import annotations

import sys

import click

from services.cli import request
from services.cli.errors import FAILED, terminable
from services.cli.follow import cancel, follow
from services.cli.options import as_json, print_json
from services.cli.progress import Display, display
from services.cli.reach import Reached, reach_for_run
from services.cli.results import result
from services.core.codec import to_data
from services.core.experiment import Arrivals, Effort, Model
from services.core.report import Report
from services.lab import trying
from services.views.columns import wrapped


@click.command(name="run")
@click.argument("workload")
@click.option(
    "--param",
    "-p",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter, or several values of it, as in limit=1000,20000; `lab workloads`.",
)
@click.option("--models", metavar="LIST", help=f"Such as {','.join(Model)}; all if not given.")
@click.option("--concurrency", "-c", metavar="LIST", help="Slots in a worker, such as 1,2,4; 1,2 if not given.")
@click.option("--replicas", metavar="LIST", help="Nodes that run a trial together, such as 1,2; 1 if not given.")
@click.option("--repeats", metavar="N", help="Trials of each cell; the effort's if not given.")
@click.option("--effort", metavar="|".join(Effort), help="Time to spend for certainty; quick if not given.")
@click.option("--budget", metavar="SECONDS", help="No repeat is added after this time; the effort's if not given.")
@click.option("--seed", metavar="N", help="Shuffles the trials; chosen if not given.")
@click.option("--rate", metavar="LIST", help="Send so many tasks/s, such as 10,50,100, instead of a full queue.")
@click.option("--arrivals", metavar="|".join(Arrivals), help="How they are spaced with --rate; constant if not given.")
@click.option("--prefetch", metavar="N", help="Celery's prefetch multiplier; the lab's choice if not given.")
@click.option("--yes", "-y", is_flag=True, help="Run without asking, also if it takes more than half of the memory.")
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    workload: str,
    params: tuple[str, ...],
    effort: str | None,
    rate: str | None,
    arrivals: str | None,
    yes: bool,
    as_json: bool,
    **given: str | None,
) -> None:
    """Measure WORKLOAD in each model and say what follows.

    Uses the lab that runs (`lab up`, or LAB_REDIS_URL), or brings one up and ends it again. Ctrl-C cancels.

    Exit code: 0 finished, 1 the experiment failed or was cancelled, 2 wrong usage, 3 lab not reachable.
    """
    body = request.body(
        workload,
        params,
        lists={name: given[name] for name in ("models", "concurrency", "replicas")},
        numbers={name: given[name] for name in ("repeats", "seed", "budget", "prefetch")},
        effort=effort,
        rates=rate,
        arrivals=arrivals,
    )
    trying.plan(body)  # what is wrong is said before anything is started
    shown = display()
    with terminable(), reach_for_run(shown.say) as here:
        announce(here, body, shown, yes=yes)
        report = _measured(here, body, shown)
        if as_json:
            print_json(to_data(report))
        else:
            click.echo(result(report, more=_more(here, report)))
    if not report.state.succeeded:
        ctx.exit(FAILED)


def announce(here: Reached, body: dict[str, object], shown: Display, *, yes: bool) -> None:
    """Print what is known before the run. Ask where there is a reason to; without a terminal, --yes is the answer."""
    before = here.lab.forecast(body)
    for line in before.lines:
        shown.say(wrapped(line))
    if not before.confirm:
        return
    shown.say(wrapped(before.confirm))
    if yes:
        return
    if not on_a_terminal():
        raise click.UsageError("this experiment must be confirmed, and there is no terminal to ask on: add --yes")
    click.confirm("Run it?", abort=True, err=True)


def on_a_terminal() -> bool:
    """Whether there is a user to ask."""
    return sys.stdin.isatty()


def _measured(here: Reached, body: dict[str, object], shown: Display) -> Report:
    experiment = here.lab.submit(body).experiment
    with shown:
        try:
            return follow(here, experiment, shown)
        except KeyboardInterrupt:
            cancel(here, experiment, shown)
            raise


def _more(here: Reached, report: Report) -> str:
    if here.dashboard:
        return f"Charts and every trial: {here.dashboard}/experiments/{report.id}"
    return f"Charts: `lab up`, then /experiments/{report.id}. Every trial: `lab show {report.id} --json`."
