"""Registered tasks stay on their machine, and stand beside the lab's own workloads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from services.core.codec import Unreadable
from services.core.errors import CannotStart, InvalidRequest, NotFound
from services.own.all_workloads import AllWorkloads
from services.own.application import calls
from services.own.interpreter import interpreter
from services.own.registrations import Registrations
from tests.own.shop import registered
from workloads.registry import discover


def test_a_registration_is_a_file_of_its_owner_alone_and_replaced_as_a_whole(tmp_path: Path) -> None:
    registrations, own = Registrations(tmp_path / "own"), registered(tmp_path)
    for _ in range(2):
        registrations.save(own)
    (file,) = (tmp_path / "own").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert registrations.get(own.name) == own


def test_a_task_can_be_registered_while_the_registry_is_in_use(tmp_path: Path) -> None:
    registrations, own = Registrations(tmp_path / "own"), registered(tmp_path)
    registry = AllWorkloads(discover(), registrations)
    assert own.name not in registry
    registrations.save(own)
    assert registry[own.name].own and own.name in list(registry)
    assert not registry["primes"].own


def test_the_time_limits_of_a_registered_task_are_those_of_its_workload(tmp_path: Path) -> None:
    own = replace(registered(tmp_path), soft_time_limit=2.0, time_limit=3.0)
    registrations = Registrations(tmp_path / "own")
    registrations.save(own)
    found = AllWorkloads(discover(), registrations)[own.name]
    assert (found.soft_time_limit, found.time_limit) == (2.0, 3.0)


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    for name in ("os:system", "../../etc/passwd", "", "a\0b", "\ud800", "x" * 5000):
        with pytest.raises(NotFound):
            Registrations(tmp_path).get(name)


def test_a_registration_that_cannot_be_read_is_not_one_that_is_missing(tmp_path: Path) -> None:
    registrations, own = Registrations(tmp_path / "own"), registered(tmp_path)
    registrations.save(own)
    (file,) = (tmp_path / "own").iterdir()
    file.unlink()
    file.mkdir()
    with pytest.raises(Unreadable, match="cannot be read"):
        registrations.get(own.name)


def test_a_registration_that_cannot_be_saved_leaves_no_file_behind(tmp_path: Path) -> None:
    registrations, own = Registrations(tmp_path / "own"), registered(tmp_path)
    registrations.save(own)
    (file,) = (tmp_path / "own").iterdir()
    file.unlink()
    file.mkdir()
    with pytest.raises(CannotStart):
        registrations.save(own)
    assert list((tmp_path / "own").iterdir()) == [file]


def test_the_interpreter_is_the_named_one_or_of_an_environment_in_the_folder(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    python.chmod(0o700)
    assert interpreter(None, tmp_path, {}) == str(python)
    assert interpreter(str(python), tmp_path / "elsewhere", {}) == str(python)
    assert interpreter(None, tmp_path / "elsewhere", {"VIRTUAL_ENV": str(tmp_path / "venv")}) == str(python)


def test_without_an_environment_the_places_that_were_looked_at_are_named(tmp_path: Path) -> None:
    for named in (None, str(tmp_path / "nothing")):
        with pytest.raises(InvalidRequest, match="--python"):
            interpreter(named, tmp_path, {})


def test_a_file_of_calls_is_read_line_by_line_and_a_wrong_line_is_named() -> None:
    first, second = calls(['{"args": [1]}', "", '{"kwargs": {"width": 2}}'])
    assert (first.args, dict(second.kwargs)) == ((1,), {"width": 2})
    for wrong in ("[1]", "[]", "[" * 100_000, "{", '{"arg": []}', '{"args": 1}'):
        with pytest.raises(InvalidRequest, match="line 1"):
            calls([wrong])
    with pytest.raises(InvalidRequest, match="at least one call"):
        calls([])
