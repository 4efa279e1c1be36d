"""Errors as exit codes."""

from __future__ import annotations

import importlib
import pkgutil
import signal
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

import services.core
import services.store
from services.cli.exit_codes import EXIT_CODES, Guarded, Terminated, as_typed, exit_code, short_excepthook, terminable
from services.core.errors import (
    CannotStart,
    InvalidRequest,
    LabError,
    NotFound,
    Problem,
    StoreUnreachable,
    TrialFailed,
)


def tree(kind: type[LabError] = LabError) -> Iterator[type[LabError]]:
    for one in kind.__subclasses__():
        yield one
        yield from tree(one)


def test_no_error_of_the_lab_is_without_an_exit_code() -> None:
    for room in (services.core, services.store):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    found = set(tree())
    assert {InvalidRequest, StoreUnreachable} <= found
    assert not [kind.__name__ for kind in found if not EXIT_CODES.keys() & set(kind.__mro__)]


def ended_with(error: BaseException) -> click.testing.Result:
    @click.group(cls=Guarded)
    def group() -> None:
        pass

    @group.command()
    def fail() -> None:
        raise error

    return CliRunner().invoke(group, ["fail"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TrialFailed("the worker died"), 1),
        (LabError("whatever"), 1),
        (NotFound("there is no experiment x"), 2),
        (StoreUnreachable("Redis does not answer"), 3),
        (CannotStart("the address is taken"), 3),
    ],
)
def test_an_error_is_one_line_on_stderr_and_its_exit_code(error: LabError, code: int) -> None:
    result = ended_with(error)
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", f"Error: {error}\n")
    assert exit_code(error) == code


def test_every_problem_of_a_request_is_a_line_with_field_value_and_the_nearest_name() -> None:
    problems = [
        Problem("repeats", 0, "must be at least 1"),
        Problem.unknown("models.0", "thread", ["threads", "prefork"]),
    ]
    result = ended_with(InvalidRequest(problems))
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "Error: repeats: must be at least 1 (got 0)",
        "Error: models.0: must be one of threads, prefork (got 'thread'). Did you mean 'threads'?",
    ]


def test_a_problem_names_the_field_as_the_user_typed_it() -> None:
    problems = [Problem("models.0", "x", "must be another"), Problem("LAB_NODE", "x", "must be another")]
    with pytest.raises(InvalidRequest) as caught, as_typed({"models.0": "--models"}.get):
        raise InvalidRequest(problems)
    assert [problem.field for problem in caught.value.problems] == ["--models", "LAB_NODE"]


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (Terminated(), 143)])
def test_an_interrupted_command_ends_as_shells_expect(error: BaseException, code: int) -> None:
    result = ended_with(error)
    assert (result.exit_code, result.output) == (code, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_is_handled_like_ctrl_c_and_only_inside(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Terminated), terminable():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_a_fault_of_the_lab_is_one_line_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    short_excepthook(ValueError, ValueError("no such thing"), None)
    shown = capsys.readouterr().err
    assert shown.startswith("Error: the lab failed: ValueError: no such thing") and shown.count("\n") == 1
