"""A task of the user's own on the command line: the part of `lab run --app` before the run."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import click

from services.cli import run_options, terminal
from services.cli.own_application import application, chdir_option, env_file_option, lines_of, overview, python_option
from services.core.errors import InvalidRequest, Problem
from services.core.experiment import Plan
from services.core.models import Model
from services.core.quantities import duration
from services.core.task_reference import Registration, TaskCall
from services.lab.one_machine import own_folder
from services.own.application import Application, ApplicationFacts, calls, known_task, look
from services.own.consent import HEADROOM, MOST_CALLS, Consent, about_calls, lines, other_hosts, what_it_did
from services.own.interpreter import interpreter
from services.own.registrations import Registrations

#: What the lab replaces and what it does not, for the check.
REPLACED: Final = (
    "Replaced for a trial: broker {broker_url}, results {result_backend}; routes, schedules, events, limits of rate."
)
NOT_REPLACED: Final = "Not replaced: databases, caches, mail, HTTP, files: whatever the task itself uses."


_OF_RUN: Final = (
    click.option("--app", metavar="APP", help="Your own Celery application, as for `celery -A`, instead of WORKLOAD."),
    click.option("--task", metavar="NAME", help="Its task; `lab tasks --app APP` lists them."),
    click.option("--args", metavar="JSON", help='Positional arguments of a call, such as ["a.jpg", 200].'),
    click.option("--kwargs", metavar="JSON", help='Keyword arguments of a call, such as {"width": 200}.'),
    click.option("--arg", "named", multiple=True, metavar="NAME=VALUE", help="One keyword argument of a call."),
    click.option("--calls", type=click.Path(path_type=Path), help="A file with a call per line; see `lab calls peek`."),
    python_option,
    chdir_option,
    env_file_option,
    click.option("--check", is_flag=True, help="Look at the application and end; nothing is called."),
    click.option("--try", "only_try", is_flag=True, help="Call the task once and end."),
    click.option("--yes-run-it", type=click.IntRange(min=1), metavar="N", help="Agree to N calls at most."),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about a task of the user's own to a command; `prepared` reads them."""
    for option in reversed(_OF_RUN):
        command = option(command)
    return command


#: A plain function in a file: `./jobs.py:resize`.
_FUNCTION: Final = re.compile(r"(?P<path>.+\.py):(?P<name>\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOptions:
    """The options of `lab run` about a task of the user's own, as typed."""

    app: str
    task: str | None
    args: str | None
    kwargs: str | None
    calls: Path | None
    python: str | None
    chdir: Path | None
    env_file: Path | None
    #: Keyword arguments as `name=value`.
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRun:
    """A task of the user's own, looked at and called once."""

    registration: Registration
    found: ApplicationFacts
    #: Calls that the user agreed to on the command line.
    most: int | None
    #: Whether the user wanted no more than the look or the one call.
    ended: bool = False

    def without_missing_models(self, body: dict[str, object], say: Callable[[str], None]) -> dict[str, object]:
        """Return the request without the models that the interpreter lacks; those that the user names stay."""
        if "models" in body or self.found.gevent:
            return body
        say("gevent is left out: it is not installed in the application's environment.")
        return {**body, "models": [str(model) for model in Model if "gevent" not in model.traits.needs.modules]}

    def agree(self, plan: Plan, say: Callable[[str], None]) -> None:
        """Ask for agreement to the calls of a plan, then register the task on this machine. Raises UsageError."""
        own = _agreed(self.registration, self.found, plan, named=self.most, say=say)
        Registrations(own_folder()).save(own)


def prepared(workload: str | None, given: Mapping[str, Any]) -> OwnRun | None:
    """Return the user's task that the options name; None for a workload. Raises UsageError, InvalidRequest."""
    if (workload is None) == (given["app"] is None):
        raise click.UsageError(
            "name a WORKLOAD (`lab workloads` lists them), your own --app and --task, or a function: ./file.py:name"
        )
    names = ("app", "task", "args", "kwargs", "calls", "python", "chdir", "env_file", "named")
    options = OwnOptions(**{name: given[name] for name in names})
    if workload is not None:
        if not (function := _FUNCTION.fullmatch(workload)):
            return None
        if options.task is not None or options.chdir is not None:
            raise click.UsageError(f"{workload} names the task and its folder: leave out --task and --chdir")
        options = _of_function(Path(function["path"]), function["name"], options)
    own, found = registration(options)
    if given["check"]:
        terminal.show(*overview(own.app, found), terminal.stacked(*checked(found)))
        return OwnRun(registration=own, found=found, most=None, ended=True)
    own, found = tried(own)
    if given["only_try"]:
        terminal.show(terminal.stacked(*one_call(found)))
    return OwnRun(registration=own, found=found, most=given["yes_run_it"], ended=given["only_try"])


def registration(options: OwnOptions) -> tuple[Registration, ApplicationFacts]:
    """Look at the application, and return the task as it would be registered. Raises InvalidRequest."""
    where = application(options.app, options.python, options.chdir, options.env_file)
    if options.task is None:
        found = look(where)
        raise InvalidRequest([Problem("--task", "", f"must name a task: {', '.join(found.tasks) or 'there is none'}")])
    several = _calls(options)
    found = look(where, options.task, *several)
    known_task(found, options.task)
    if found.unbound and options.calls is None:
        raise InvalidRequest(
            [Problem("--args", json.dumps(several[0].args), f"do not fit the task: {found.unbound[1]}")]
        )
    if found.unbound:
        raise InvalidRequest(
            [Problem("--calls", f"call {n}", f"must fit the task: {reason}") for n, reason in found.unbound.items()]
        )
    own = Registration(
        name=f"{options.app}:{options.task}",
        app=options.app,
        folder=str(where.folder),
        python=where.python,
        task=options.task,
        calls=several,
        environ=where.environ,
        kombu=found.kombu,
        soft_time_limit=found.tasks[options.task].get("soft_time_limit"),
        time_limit=found.tasks[options.task].get("time_limit"),
    )
    return own, found


def checked(found: ApplicationFacts) -> Iterator[str]:
    """Yield what the look at the application has shown."""
    yield f"Imported in {duration(found.imported)}; nothing was called."
    yield from (f"The import {what} ({place})." for what, place in found.seen_at_import.items())
    yield REPLACED.format(**{name: value or "none" for name, value in found.replaced.items()})
    yield NOT_REPLACED
    if hosts := other_hosts(found.replaced.values()):
        yield f"Its settings name {', '.join(hosts)}, not this machine: these may be settings of production."


def tried(own: Registration) -> tuple[Registration, ApplicationFacts]:
    """Call the task once, and return its registration with the length of that call. Raises InvalidRequest."""
    application = Application(app=own.app, folder=Path(own.folder), python=own.python, environ=own.environ)
    found = look(application, own.task, own.call(0), tries=True)
    assert found.tried is not None
    if found.tried.error:
        allowed = f"must succeed once before it is measured: it raised {found.tried.error}"
        raise InvalidRequest([Problem("--task", own.task, allowed)])
    return replace(own, seconds=found.tried.seconds), found


def _agreed(
    own: Registration, found: ApplicationFacts, plan: Plan, *, named: int | None, say: Callable[[str], None]
) -> Registration:
    """Show what will happen, and return the task with the calls per trial once the user agrees.

    Raises UsageError without a terminal and `--yes-run-it`, or when the calls that it names do not suffice.
    """
    slots, trials = max(cell.concurrency for cell in plan.cells), len(plan.trials)
    expected = about_calls(own.seconds, trials=trials, window=plan.window, slots=slots)
    most = named or round(expected * HEADROOM)
    for line in lines(Consent(registration=own, found=found, calls=expected, most=most, trials=trials)):
        say(line)
    if named is not None and named > MOST_CALLS:
        raise click.UsageError(f"--yes-run-it {named} is above the limit of {MOST_CALLS:,} calls: agree to fewer")
    if most > MOST_CALLS:
        raise click.UsageError(f"that may be {most:,} calls; the limit is {MOST_CALLS:,}: name fewer cells or repeats")
    if named is not None and named < expected:
        raise click.UsageError(f"--yes-run-it {named} is below the {expected} calls that are expected")
    if named is None and not sys.stdin.isatty():
        raise click.UsageError(f"these calls need your consent, and stdin is no terminal: add --yes-run-it {most}")
    if named is None:
        typed = str(click.prompt("Type the name of the task to go on", err=True, default="", show_default=False))
        if typed != own.task:
            raise click.Abort()
    return replace(own, most_per_trial=most // trials)


def one_call(found: ApplicationFacts) -> Iterator[str]:
    """Yield how the tried call went, and what it did."""
    if found.tried is not None:
        yield f"One call, in a single process: {found.tried.state} in {duration(found.tried.seconds)}."
        yield from what_it_did(found.tried)


def _of_function(path: Path, name: str, options: OwnOptions) -> OwnOptions:
    """Return the options of a plain function in a file. Its interpreter is the lab's own where there is no other."""
    folder = path.absolute().parent
    if not path.is_file():
        raise InvalidRequest([Problem("WORKLOAD", str(path), "must be a file")])
    try:
        python = interpreter(options.python, folder, os.environ)
    except InvalidRequest:
        if options.python is not None:
            raise
        python = sys.executable
    return replace(options, app=path.name, task=f"{path.stem}.{name}", chdir=folder, python=python)


def _calls(options: OwnOptions) -> tuple[TaskCall, ...]:
    if options.calls is not None:
        if options.args is not None or options.kwargs is not None:
            raise InvalidRequest([Problem("--calls", str(options.calls), "cannot be given with --args or --kwargs")])
        return calls(lines_of("--calls", options.calls))
    named = run_options.parameters(options.named, option="--arg")
    args = _parsed("--args", options.args, list, '["a.jpg", 200]')
    kwargs = _parsed("--kwargs", options.kwargs, dict, '{"width": 200}')
    return (TaskCall(args=tuple(args or ()), kwargs={**(kwargs or {}), **named}),)


def _parsed(option: str, text: str | None, kind: type[list[Any] | dict[str, Any]], example: str) -> Any:
    if text is None:
        return None
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InvalidRequest([Problem(option, text, f"must be JSON such as {example}")]) from error
    if not isinstance(value, kind):
        raise InvalidRequest([Problem(option, text, f"must be JSON such as {example}")])
    return value
