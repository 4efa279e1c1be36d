"""Cells have names of their own, whatever their values are."""

from __future__ import annotations

import math
import random
import sys
from dataclasses import replace
from itertools import combinations

from services.core.experiment import Cell
from services.core.units import Value, exact
from tests.unit.analysis.made import THREADS

NEIGHBOURS = [step for value in (0.5, 1.0, 20.0, 123.4561, 999.9999999) for step in (value, math.nextafter(value, 0))]
AWKWARD: tuple[Value, ...] = (
    *(0, 1, -1, 10**6, 10**6 + 1, 2**53 + 1, 10**16, 10**16 + 1, 123456789012345678901234567890),
    *(0.1, 0.1 + 0.2, 0.3, 1e-7, 1e16, 1e22, 123.4561, 123.4562, sys.float_info.max, sys.float_info.min),
    *("", " ", "a", "a ", "a b=1", "1", "1.0", "1e3", '"1"', "yes", "ä", "a\nb", "x at 5/s", "at 5/s", "\\", "\u2028"),
)


def test_two_values_of_one_parameter_never_have_the_same_text() -> None:
    values = [*AWKWARD, *NEIGHBOURS[1::2]]
    clashes = [(a, b) for a, b in combinations(values, 2) if a != b and exact(a) == exact(b)]
    assert not clashes


def test_no_two_cells_of_an_experiment_have_the_same_name() -> None:
    draws = random.Random(7)
    found: dict[str, Cell] = {}
    for _ in range(20_000):
        cell = replace(
            THREADS,
            concurrency=draws.randint(1, 3),
            replicas=draws.randint(1, 3),
            variant={name: draws.choice(AWKWARD) for name in ("a", "b")},
            rate=draws.choice([None, *NEIGHBOURS]),
        )
        assert found.setdefault(cell.name, cell) == cell


def test_names_stay_short_where_values_are() -> None:
    cell = replace(THREADS, variant={"limit": 2000, "share": 0.5, "kind": "pipe"}, rate=50.0)
    assert cell.name == "threads@2 limit=2000 share=0.5 kind=pipe at 50/s"
