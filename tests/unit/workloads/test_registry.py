"""Adding a file is all it takes, and a name means one workload."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import workloads
from workloads.registry import discover, load

AddFile = Callable[[str, str], None]
twin = """
from workloads.contract import workload

@workload(family="test", gil="held", description="For a test.")
def twin() -> str:
    return __name__
"""


@pytest.fixture
def add_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddFile]:
    """Adds a file to the workloads package for the length of one test."""
    monkeypatch.setattr(workloads, "__path__", [*workloads.__path__, str(tmp_path)])
    names: list[str] = []

    def add(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source)
        names.append(name)

    yield add
    for name in names:
        sys.modules.pop(f"workloads.{name}", None)
        vars(workloads).pop(name, None)


def test_the_built_in_workloads_are_found_in_order_of_family_and_name() -> None:
    assert [(one.family, name) for name, one in discover().items()] == [
        ("channels", "channel"),
        ("io", "file_write_read"),
        ("io", "http_get"),
        ("io", "wait"),
        ("memory", "allocate"),
        ("messaging", "echo"),
        ("mixed", "mixed"),
        ("native", "compress"),
        ("native", "sha256"),
        ("python", "json_codec"),
        ("python", "mandelbrot"),
        ("python", "primes"),
        ("sharing", "counter"),
        ("sharing", "die"),
        ("sharing", "marks"),
        ("sharing", "start"),
    ]


def test_an_added_file_is_found(add_file: AddFile) -> None:
    add_file("added", twin)
    assert discover()["twin"].function() == "workloads.added"


def test_an_added_file_is_gone_when_it_is_removed() -> None:
    assert "twin" not in discover()


def test_two_files_with_a_workload_of_the_same_name_are_refused(add_file: AddFile) -> None:
    add_file("first", twin)
    add_file("second", twin)
    with pytest.raises(ValueError, match=r"twin is declared in workloads\.first:twin and workloads\.second:twin"):
        discover()


def test_a_file_that_imports_a_workload_does_not_declare_it_again(add_file: AddFile) -> None:
    add_file("borrower", "from workloads.builtin.python import primes\n")
    assert discover()["primes"].location == "workloads.builtin.python:primes"


def test_the_registry_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        discover()["primes"] = discover()["wait"]  # type: ignore[index]


def test_every_workload_is_loaded_from_its_own_location() -> None:
    for one in discover().values():
        assert load(one.location) is one


def test_loading_what_is_no_workload_is_refused() -> None:
    with pytest.raises(TypeError, match="math:sqrt is not a workload"):
        load("math:sqrt")
