"""`lab run WORKLOAD`: run one experiment and print its results."""

from __future__ import annotations

import sys
from typing import Any

import click

from services.analysis.answer.advising import picked_again
from services.cli import own_task, run_options, terminal
from services.cli.answer import with_objectives
from services.cli.exit_codes import FAILED, as_typed, terminable
from services.cli.follow import cancel, follow
from services.cli.options import as_json, print_json
from services.cli.progress import Display, display
from services.cli.reach import Reached, reach_for_run
from services.cli.results import more, result
from services.core.advice import Objectives
from services.core.codec import to_data
from services.core.experiment import Arrivals, Effort
from services.core.models import Model
from services.core.report import Report
from services.lab import precheck


@click.command(name="run")
@click.argument("workload", required=False)
@click.option(
    "--param",
    "-p",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter with one or more values, such as limit=1000,20000; see `lab workloads WORKLOAD`.",
)
@click.option("--models", metavar="LIST", help=f"Concurrency models, such as {','.join(Model)}; default: all.")
@click.option("--concurrency", "-c", metavar="LIST", help="Slots per worker, such as 1,2,4; default: 1,2.")
@click.option("--replicas", metavar="LIST", help="Nodes per trial, such as 1,2; default: 1.")
@click.option("--repeats", metavar="N", help="Trials per cell; default: by --effort.")
@click.option("--effort", metavar="|".join(Effort), help="How much time to spend on certainty; default: quick.")
@click.option("--budget", metavar="SECONDS", help="No further repeat starts after this time; default: by --effort.")
@click.option("--seed", metavar="N", help="Seed for the order of the trials; default: random.")
@click.option(
    "--rate",
    metavar="LIST",
    help="Tasks per second to publish, such as 10,50; default: fill the queue first.",
)
@click.option("--arrivals", metavar="|".join(Arrivals), help="Intervals between tasks with --rate; default: constant.")
@click.option("--prefetch", metavar="N", help="Celery's prefetch multiplier; default: by model.")
@own_task.options
@click.option("--yes", "-y", is_flag=True, help="Run without asking, even if more than half of the memory is needed.")
@with_objectives
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    workload: str | None,
    params: tuple[str, ...],
    yes: bool,
    as_json: bool,
    objectives: Objectives,
    **given: Any,
) -> None:
    """Measure WORKLOAD, or a task of your own, in each concurrency model and print which is fastest.

    Uses the running lab (`lab up`, or LAB_REDIS_URL), or starts one for this run. Ctrl-C cancels.

    Exit code: 0 finished, 1 the experiment failed or was cancelled, 2 wrong usage, 3 lab not reachable.
    """
    own = own_task.prepared(workload, given)
    if own is not None and own.ended:
        return
    body = run_options.body(
        workload or (own.registration.name if own else ""),
        params,
        lists={name: given[name] for name in ("models", "concurrency", "replicas")},
        numbers={name: given[name] for name in ("repeats", "seed", "budget", "prefetch")},
        effort=given["effort"],
        rates=given["rate"],
        arrivals=given["arrivals"],
    )
    shown = display()
    if own is not None:
        body = own.without_missing_models(body, shown.say)
    with as_typed(run_options.option):
        # A mistake is reported before a lab is started.
        plan = precheck.plan(body, own.registration if own else None)
    if own is not None:
        own.agree(plan, shown.say)
    with as_typed(run_options.option), terminable(), reach_for_run(shown.say) as here:
        announce(here, body, shown, yes=yes)
        report = picked_again(_measured(here, body, shown, agreed=own is not None), objectives)
        if as_json:
            print_json(to_data(report))
        else:
            terminal.show(*result(report, more=more(here.dashboard, report.id)))
    if not report.state.succeeded:
        ctx.exit(FAILED)


def announce(here: Reached, body: dict[str, object], shown: Display, *, yes: bool) -> None:
    """Print the estimate, and ask for confirmation where the forecast wants it and --yes was not given."""
    before = here.lab.forecast(body)
    for line in before.lines:
        shown.say(terminal.text(line))
    if not before.confirm:
        return
    shown.say(terminal.text(before.confirm))
    if yes:
        return
    if not on_a_terminal():
        raise click.UsageError("this experiment needs a confirmation, and stdin is no terminal: add --yes")
    click.confirm("Run it?", abort=True, err=True)


def on_a_terminal() -> bool:
    """Return whether a user can answer a question."""
    return sys.stdin.isatty()


def _measured(here: Reached, body: dict[str, object], shown: Display, *, agreed: bool) -> Report:
    experiment = here.lab.submit(body, agreed=agreed).experiment
    with shown:
        try:
            return follow(here, experiment, shown)
        except KeyboardInterrupt:
            cancel(here, experiment, shown)
            raise
