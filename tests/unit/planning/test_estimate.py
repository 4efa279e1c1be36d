"""How long a plan will take, before anything of it was measured."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from services.planning import estimate
from services.planning.grid import plan
from tests.unit.planning.requests import made


def seconds(*, blocks: int = 1, models: Sequence[str] = ("threads",), **asked: object) -> float:
    found = made(models=models, **{"concurrency": [1], "effort": "standard", **asked})
    return estimate.seconds(plan(found, blocks))


def test_a_full_queue_takes_its_window_with_a_margin_and_what_is_around_it() -> None:
    assert seconds() == pytest.approx(1.2 + 2.0 * 1.25)


def test_every_trial_counts() -> None:
    one = seconds()
    assert seconds(blocks=3) == pytest.approx(3 * one)
    assert seconds(models=["threads", "gevent"], concurrency=[1, 2]) == pytest.approx(4 * one)
    assert seconds(params={"limit": [10, 20]}) == pytest.approx(2 * one)


def test_a_longer_window_takes_longer() -> None:
    assert seconds(effort="thorough") - seconds(effort="quick") == pytest.approx((5.0 - 1.0) * 1.25)


@pytest.mark.parametrize(
    ("rate", "replicas", "sending"), [(1000.0, 1, 2.0), (10.0, 1, 2.0), (0.5, 1, 40.0), (1.0, 4, 80.0)]
)
def test_a_planned_rate_takes_the_window_or_as_long_as_enough_tasks_need(
    rate: float, replicas: int, sending: float
) -> None:
    assert seconds(load={"rate": [rate]}, replicas=[replicas]) == pytest.approx(1.2 + sending)
