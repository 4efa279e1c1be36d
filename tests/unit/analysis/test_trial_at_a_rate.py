"""What a trial says of its flow: the worst of its nodes and clocks; at a rate, counted from the planned time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from concurrency_lab_inside.stamps import Stamp
from services.analysis.trial.merging import summarise
from services.core.figures import Figures
from services.core.trial import NodeTrial
from tests.unit.analysis.made import EPOCH, MILLISECOND, row, share, stamped, trial


def measured(*shares: NodeTrial) -> Figures:
    result = summarise(trial(), shares, elapsed=3)
    assert result.failure == "" and result.figures is not None
    return result.figures


def planned(start: float, *, waited: float = 0, body: float = 10) -> list[int]:
    """A task that was due `start` ms after EPOCH, began `waited` ms later, and took 2 ms to store."""
    due = EPOCH + int(start * MILLISECOND)
    return stamped(row(start + waited, body=body, storing=2, out=0), published=due, received=due)


def at_a_rate(*rows: list[int], boot: str = "one", node: str = "a") -> NodeTrial:
    return share(rows, scheduled=True, boot=boot, node=node)


def test_at_a_planned_rate_latency_counts_from_the_planned_time() -> None:
    waits = (0, 10, 20)
    late = at_a_rate(*(planned(100 * place, waited=wait) for place, wait in enumerate(waits)))
    assert measured(late).latency.p50 == pytest.approx(0.022)
    assert measured(replace(late, scheduled=False)).latency.p50 == pytest.approx(0.012)


def test_pace_is_that_of_the_slowest_clock() -> None:
    kept = at_a_rate(*(planned(100 * place) for place in range(5)))
    behind = at_a_rate(*(planned(100 * place, waited=25 * place) for place in range(5)), boot="two", node="b")
    assert measured(kept).pace == pytest.approx(1)
    assert measured(kept, behind).pace == measured(behind, kept).pace == pytest.approx(0.8)


def test_littles_ratio_is_that_of_the_clock_farthest_from_1() -> None:
    good = share([planned(100 * place) for place in range(5)])
    again = planned(0)
    odd = stamped(again, received=again[Stamp.RETURNED] + MILLISECOND)
    bad = share([odd, *(planned(100 * place) for place in range(1, 5))], boot="two", node="b")
    assert measured(good).littles_law == pytest.approx(1)
    assert measured(good, bad).littles_law == measured(bad).littles_law < 0.9


def test_the_idle_gap_is_the_longest_of_any_clock() -> None:
    short, long = share([row(0), row(50)]), share([row(0), row(500)], boot="two", node="b")
    assert measured(short, long).idle_gap == pytest.approx(0.488)


def test_the_latest_publisher_counts_and_reconnections_add_up() -> None:
    one, other = at_a_rate(planned(0)), at_a_rate(planned(0), node="b")
    figures = measured(replace(one, publisher_lag=0.25, reconnects=1), replace(other, publisher_lag=0.5, reconnects=2))
    assert (figures.publisher_lag, figures.reconnects) == (0.5, 3)


def test_what_carrying_costs_comes_from_the_pings_and_where_time_went_from_the_rest() -> None:
    figures = measured(share([row(0, body=50)], ping=[row(0, out=4, storing=5, back=6)]))
    assert figures.carriage.handing_over == pytest.approx(0.004)
    assert figures.breakdown.body == pytest.approx(0.050)
