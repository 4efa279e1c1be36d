"""Experiments whose answer follows from theory, measured for real; margins are wide, the machine may be noisy."""

from __future__ import annotations

from typing import Any

from tests.live import LiveLab

ALL = ["sequential", "threads", "gevent", "prefork"]


def rate(cell: dict[str, Any]) -> float:
    return float(cell["throughput"]["estimate"])


def test_pure_python_gains_from_processes_and_not_from_threads(live_lab: LiveLab) -> None:
    cells = live_lab.measure_undisturbed("primes", models=ALL, concurrency=[2], repeats=2)
    alone = rate(cells["sequential@1"])
    assert rate(cells["prefork@2"]) / alone > 1.4
    assert rate(cells["threads@2"]) / alone < 1.25
    assert rate(cells["gevent@2"]) / alone < 1.25


def test_waiting_gains_from_every_model_with_slots(live_lab: LiveLab) -> None:
    cells = live_lab.measure("wait", params={"milliseconds": 50}, models=ALL, concurrency=[8], repeats=1)
    alone = rate(cells["sequential@1"])
    assert 10 < alone < 20
    for name in ("threads@8", "gevent@8", "prefork@8"):
        assert rate(cells[name]) / alone > 5, name


def test_c_code_that_releases_the_gil_gains_from_threads(live_lab: LiveLab) -> None:
    params = {"kilobytes": 1024, "rounds": 16}
    cells = live_lab.measure_undisturbed("sha256", params=params, models=["threads"], concurrency=[1, 2], repeats=2)
    assert rate(cells["threads@2"]) / rate(cells["threads@1"]) > 1.4


def test_a_task_costs_more_to_hand_over_to_a_process_than_to_keep(live_lab: LiveLab) -> None:
    cells = live_lab.measure("echo", models=["sequential", "prefork"], concurrency=[1], repeats=1)
    assert cells["prefork@1"]["handover"]["estimate"] > 2 * cells["sequential@1"]["handover"]["estimate"]
