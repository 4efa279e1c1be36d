"""The one tree of errors."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import services
from services.core.errors import InvalidRequest, LabError, Problem, StoreUnreachable, TrialFailed, Unreachable


def family(kind: type[LabError]) -> Iterator[type[LabError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def test_every_error_of_the_lab_states_what_it_stands_for() -> None:
    for module in pkgutil.walk_packages(services.__path__, prefix="services."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = set(family(LabError))
    assert len(found) > 10
    assert not [kind.__name__ for kind in found if not kind.__doc__]


def test_who_waits_for_a_part_of_the_lab_waits_for_the_store_too() -> None:
    assert issubclass(StoreUnreachable, Unreachable)


def test_a_request_that_is_not_allowed_lists_every_problem() -> None:
    error = InvalidRequest(iter([Problem("a", 1, "must be 2"), Problem("b", "x", "is required")]))
    assert [problem.field for problem in error.problems] == ["a", "b"]
    assert str(error) == "a: must be 2 (got 1); b: is required (got 'x')"


def test_a_problem_shows_no_more_than_the_beginning_of_what_is_long() -> None:
    assert str(Problem("f" * 100, "v" * 100, "is wrong")) == f"{'f' * 80}…: is wrong (got '{'v' * 79}…)"
    assert str(Problem("f" * 80, "v" * 78, "is wrong")) == f"{'f' * 80}: is wrong (got '{'v' * 78}')"


def test_a_failed_trial_knows_how_many_tasks_it_lost() -> None:
    assert (str(TrialFailed("gone", lost=3)), TrialFailed("gone", lost=3).lost) == ("gone", 3)
    assert TrialFailed("gone").lost == 0
