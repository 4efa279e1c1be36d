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


def is_disturbed(report: Mapping[str, Any]) -> bool:
    return any(warned["name"] == "host busy" for cell in report["cells"] for warned in cell["warnings"])


def undisturbed(lab: LiveLab, workload: str, **asked: Any) -> dict[str, Any]:
    """The report of an experiment; measured again, twice at most, while other programs disturb it."""
    report = lab.ended(lab.submit(workload, **asked))
    for _ in range(2):
        if not is_disturbed(report):
            break
        report = lab.ended(lab.submit(workload, **asked))
    return report


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
    report = undisturbed(live_lab, workload, params=params, models=MODELS, concurrency=[1, slots], repeats=2)
    found = limits(report)
    allowed = {Limit.NEIGHBOUR} if is_disturbed(report) else set()
    wrong = {cell: found.get(cell) for cell, limit in expected.items() if found.get(cell) not in {limit} | allowed}
    assert wrong == {}
