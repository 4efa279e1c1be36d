"""The one place where errors become exit codes: 0 finished, 1 failed, 2 wrong usage, 3 lab not reachable."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    """SIGTERM or SIGHUP came; whoever cleans up after Ctrl-C cleans up after this."""


class Guarded(click.Group):
    """A group whose commands end with a message and an exit code, whatever the lab raises."""

    def invoke(self, ctx: click.Context) -> Any:
        """What click calls to run a command."""
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
    """By the nearest ancestor that has one."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), FAILED)


def message(error: LabError) -> list[str]:
    """One line for each thing that is wrong."""
    if isinstance(error, InvalidRequest):
        return [str(problem) for problem in error.problems]
    return [str(error)]


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM and SIGHUP raise Terminated inside, so that they end the lab's processes like Ctrl-C does."""

    def terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal module's
        raise Terminated

    before = {number: signal.signal(number, terminate) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def short_excepthook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:  # noqa: ARG001 - sys.excepthook's
    """A fault of the lab's own in one line; LAB_DEBUG=1 shows where it happened."""
    if issubclass(kind, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    click.echo(f"Error: the lab failed: {kind.__name__}: {error} (LAB_DEBUG=1 shows where)", err=True)
