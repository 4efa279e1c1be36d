"""The lab's speed-ups beside a plain script's."""

from __future__ import annotations

import pytest

from benchmarks import script
from benchmarks.executors import ALONE, Place, Round, row
from services.core.models import Model
from workloads.builtin.waiting import wait

THREADS: tuple[Place, Place] = (Model.THREADS, 1), (Model.THREADS, 2)


def rounds(*, alone: float, lab: float, script: float, one_slot: float = 1.0) -> list[Round]:
    """Speed-ups over one after another; one slot of threads has `one_slot` in both."""

    def side(speedup: float) -> dict[Place, float]:
        return {ALONE: alone, THREADS[0]: one_slot * alone, THREADS[1]: speedup * alone}

    return [Round(lab=side(lab), plain=side(script))] * 6


@pytest.mark.parametrize(("lab", "holds"), [(2.0, True), (1.92, True), (1.88, False), (2.12, False)])
@pytest.mark.parametrize("base", [ALONE, THREADS[0]])
def test_speedups_agree_within_five_percent(base: Place, lab: float, holds: bool) -> None:
    one = row("wait", Model.THREADS, base, rounds(alone=40, lab=lab, script=2.0))
    assert one.holds is holds
    assert one.ratio.estimate == pytest.approx(lab / 2)
    assert one.took == pytest.approx(0.025)


def test_a_speedup_is_over_its_base() -> None:
    found = rounds(alone=40, lab=2.0, script=2.0, one_slot=1.25)
    assert row("wait", Model.THREADS, ALONE, found).lab.estimate == pytest.approx(2.0)
    assert row("wait", Model.THREADS, THREADS[0], found).lab.estimate == pytest.approx(1.6)


def test_tasks_shorter_than_20_ms_are_not_judged() -> None:
    one = row("wait", Model.THREADS, ALONE, rounds(alone=60, lab=1.0, script=2.0))
    assert not one.judged
    assert one.holds


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_a_plain_script_runs_the_workload_in_every_slot(kind: str) -> None:
    """24 tasks of 50 ms: 1200 ms one after another, 600 ms with two slots; a stall of 100 ms must not decide."""
    params = {"milliseconds": 50}
    alone = script.rate("sequential", 1, 24, wait.location, params)
    both = script.rate(kind, 2, 24, wait.location, params)
    assert 14 < alone <= 20
    assert 1.5 < both / alone < 2.5
