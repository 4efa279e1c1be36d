"""Errors as exit codes and messages: 0 finished, 1 failed, 2 wrong usage, 3 lab not reachable."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType, TracebackType
from typing import Any, Final

import click

from services.core.codec import Unreadable
from services.core.errors import (
    Cancelled,
    CannotStart,
    Conflict,
    Interrupted,
    InvalidRequest,
    LabError,
    MalformedRequest,
    NotFound,
    TrialFailed,
    Unreachable,
)

FAILED: Final = 1
WRONG_USAGE: Final = 2
NOT_REACHABLE: Final = 3
#: As shells count: 128 + SIGINT, 128 + SIGTERM.
INTERRUPTED: Final = 130
TERMINATED: Final = 143

EXIT_CODES: dict[type[LabError], int] = {
    TrialFailed: FAILED,
    Cancelled: FAILED,
    Interrupted: FAILED,
    Unreadable: FAILED,
    MalformedRequest: WRONG_USAGE,
    InvalidRequest: WRONG_USAGE,
    NotFound: WRONG_USAGE,
    Conflict: WRONG_USAGE,
    Unreachable: NOT_REACHABLE,
    CannotStart: NOT_REACHABLE,
}


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP arrived: the same cleanup as after Ctrl-C."""


class Guarded(click.Group):
    """A group of commands that turns every error of the lab into a message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command: click calls this."""
        try:
            return super().invoke(ctx)
        except LabError as error:
            for line in message(error):
                click.echo(f"Error: {line}", err=True)
            ctx.exit(exit_code(error))
        except Terminated:
            ctx.exit(TERMINATED)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


def exit_code(error: LabError) -> int:
    """Return the exit code of the nearest ancestor that has one."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), FAILED)


def message(error: LabError) -> list[str]:
    """Return one line per problem."""
    if isinstance(error, InvalidRequest):
        return [str(problem) for problem in error.problems]
    return [str(error)]


@contextmanager
def as_typed(option: Callable[[str], str | None]) -> Iterator[None]:
    """Rename the fields of an InvalidRequest raised inside to what the user typed; None keeps a name."""
    try:
        yield
    except InvalidRequest as error:
        named = [replace(problem, field=option(problem.field) or problem.field) for problem in error.problems]
        raise InvalidRequest(named) from error


@contextmanager
def terminable() -> Iterator[None]:
    """Raise Terminated inside on SIGTERM and SIGHUP: they end the lab's processes as Ctrl-C does."""

    def terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal module's
        raise Terminated

    before = {number: signal.signal(number, terminate) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def short_excepthook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:  # noqa: ARG001 - sys.excepthook's
    """Print a fault of the lab in one line; with LAB_DEBUG=1 Python prints the traceback instead."""
    if issubclass(kind, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    click.echo(f"Error: the lab failed: {kind.__name__}: {error} (LAB_DEBUG=1 shows the traceback)", err=True)
