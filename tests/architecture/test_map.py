"""The map in CONTRIBUTING.md shows the rooms and imports that exist, and the types that a trial passes through."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path

import grimp
import pytest

root = Path(__file__).parents[2]
text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def drawing(kind: str) -> str:
    """Return the text of the Mermaid drawing whose first line is `kind`."""
    drawings: list[str] = re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL)
    return next(one for one in drawings if one.startswith(f"{kind}\n"))


def layers() -> list[set[str]]:
    """Return the layers of the import contract, the highest first."""
    contract = next(one for one in contracts if one["type"] == "layers")
    return [set(re.split(r"\s*[|:]\s*", layer)) for layer in contract["layers"]]


def drawn_rooms() -> dict[str, str]:
    """Return the module of each room in the drawing, by the room's name in it."""
    return {
        name: path.replace("/", ".") for name, path in re.findall(r'(\w+)\["([\w/]+)<br/>', drawing("flowchart TD"))
    }


def drawn_arrows() -> set[tuple[str, str]]:
    """Return the arrows of the drawing as pairs of modules."""
    rooms = drawn_rooms()
    arrows = re.findall(r"^ *(\w+(?: & \w+)*) --> (\w+(?: & \w+)*)$", drawing("flowchart TD"), re.MULTILINE)
    return {
        (rooms[start], rooms[end])
        for left, right in arrows
        for start in left.split(" & ")
        for end in right.split(" & ")
    }


@pytest.fixture(scope="module")
def imports() -> set[tuple[str, str]]:
    """The imports between rooms, as pairs."""
    rooms = set().union(*layers())
    graph = grimp.build_graph(*sorted({room.split(".")[0] for room in rooms}), cache_dir=None)
    home = {module: room for module in graph.modules for room in rooms if f"{module}.".startswith(f"{room}.")}
    return {
        (home[module], home[other])
        for module in home
        for other in graph.find_modules_directly_imported_by(module)
        if other in home and home[module] != home[other]
    }


def reachable(start: str, arrows: set[tuple[str, str]]) -> set[str]:
    """Return every room that arrows lead to from `start`."""
    found, new = set[str](), {start}
    while new:
        new = {end for begin, end in arrows if begin in new} - found
        found |= new
    return found


def test_the_map_shows_every_room_of_the_import_contract_once() -> None:
    assert sorted(drawn_rooms().values()) == sorted(set().union(*layers()))


def test_every_import_between_rooms_follows_the_arrows(imports: set[tuple[str, str]]) -> None:
    arrows = drawn_arrows()
    assert not {(start, end) for start, end in imports if end not in reachable(start, arrows)}


def test_every_arrow_is_an_import_that_exists(imports: set[tuple[str, str]]) -> None:
    assert not drawn_arrows() - imports


def test_every_type_on_the_way_of_a_trial_exists_where_the_map_says() -> None:
    steps = re.findall(r'"([A-Za-z]\w*)<br/>([\w/]+)\.py', drawing("flowchart LR"))
    assert len(steps) > 5
    assert not [
        (name, path) for name, path in steps if not hasattr(importlib.import_module(path.replace("/", ".")), name)
    ]
