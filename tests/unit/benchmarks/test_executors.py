"""The lab's speed-ups beside a plain script's."""

from __future__ import annotations

import pytest

from benchmarks import plain
from benchmarks.executors import Round, row
from services.core.experiment import Model
from workloads.builtin.waiting import wait


def rounds(*, alone: float, lab: float, script: float, count: int = 6) -> list[Round]:
    return [
        Round(
            lab={Model.SEQUENTIAL: alone, Model.THREADS: lab * alone},
            plain={Model.SEQUENTIAL: alone, Model.THREADS: script * alone},
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize(("lab", "holds"), [(2.0, True), (1.92, True), (1.88, False), (2.12, False)])
def test_speedups_agree_within_five_percent(lab: float, holds: bool) -> None:
    one = row("wait", Model.THREADS, rounds(alone=40, lab=lab, script=2.0))
    assert one.holds is holds
    assert one.ratio.median == pytest.approx(lab / 2)
    assert one.took == pytest.approx(0.025)


def test_tasks_shorter_than_20_ms_are_not_judged() -> None:
    one = row("wait", Model.THREADS, rounds(alone=60, lab=1.0, script=2.0))
    assert not one.judged
    assert one.holds


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_a_plain_script_runs_the_workload_in_every_slot(kind: str) -> None:
    """8 tasks of 50 ms: 400 ms one after another, 200 ms with two slots."""
    params = {"milliseconds": 50}
    alone = plain.rate("sequential", 1, 8, wait.location, params)
    both = plain.rate(kind, 2, 8, wait.location, params)
    assert 14 < alone <= 20
    assert 1.5 < both / alone < 2.5
