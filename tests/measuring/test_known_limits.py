"""Workloads whose limit is known, measured for real: the answer names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from services.core.advice import Limit
from tests.live import LiveLab

MODELS = ["sequential", "threads", "gevent", "prefork"]


def limits(report: Mapping[str, Any]) -> dict[str, str]:
    """The limit of every cell that has a diagnosis."""
    [answer] = report["advice"]["variants"]
    return {cell: found["limit"] for found in answer["why"] for cell in found["cells"]}


def disturbed(report: Mapping[str, Any]) -> set[str]:
    """The cells that other programs disturbed, as the lab itself found out."""
    return {cell["name"] for cell in report["cells"] for warned in cell["warnings"] if warned["name"] == "host busy"}


@pytest.mark.parametrize(
    ("workload", "params", "slots", "expected"),
    [
        pytest.param(
            "primes",
            {},
            2,
            {"threads@2": Limit.GIL, "gevent@2": Limit.ONE_THREAD, "prefork@2": Limit.CORES},
            id="Python that computes",
        ),
        pytest.param("sha256", {}, 2, {"threads@2": Limit.CORES, "prefork@2": Limit.CORES}, id="C without the GIL"),
        pytest.param(
            "wait",
            {"milliseconds": 50},
            4,
            {"threads@4": Limit.WAITING, "gevent@4": Limit.WAITING, "prefork@4": Limit.WAITING},
            id="waiting",
        ),
        pytest.param("echo", {}, 2, {"threads@2": Limit.CARRYING, "prefork@2": Limit.CARRYING}, id="an empty task"),
    ],
)
def test_the_answer_names_the_limit_of_a_workload_whose_limit_is_known(
    live_lab: LiveLab, workload: str, params: dict[str, Any], slots: int, expected: dict[str, Limit]
) -> None:
    report = live_lab.ended(live_lab.submit(workload, params=params, models=MODELS, concurrency=[1, slots], repeats=1))
    found, busy = limits(report), disturbed(report)
    allowed = {cell: {limit} | ({Limit.NEIGHBOUR} if cell in busy else set()) for cell, limit in expected.items()}
    assert {cell: found.get(cell) for cell in expected if found.get(cell) not in allowed[cell]} == {}
