"""The hand-over cost is what is left of a ping's way when the body and the storing are taken off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.analysis.trial.handover import back_cost, handover_cost, out_cost
from services.analysis.trial.spans import SpanTable
from tests.unit.analysis.made import never_begun, row, slot_lost, stamped, table


def test_the_body_and_the_storing_are_no_part_of_it() -> None:
    ping = table(row(0, out=1, body=50, storing=70, back=3))
    assert handover_cost(ping) == pytest.approx(0.004)
    assert out_cost(ping) == pytest.approx(0.001)
    assert back_cost(ping) == pytest.approx(0.003)


def test_it_is_the_median_of_the_sums_and_not_the_sum_of_the_medians() -> None:
    ping = table(row(0, out=1, back=9), row(1, out=2, back=2), row(2, out=9, back=1))
    assert handover_cost(ping) == pytest.approx(0.010)
    assert out_cost(ping) == pytest.approx(0.002)
    assert back_cost(ping) == pytest.approx(0.002)


def test_one_slow_ping_in_five_does_not_move_it() -> None:
    ping = table(*(row(start, out=1, back=1) for start in range(4)), row(5, out=500, back=500))
    assert handover_cost(ping) == pytest.approx(0.002)


@pytest.mark.parametrize("missing", ["handed_over", "started", "stored", "returned"])
def test_a_ping_that_lacks_a_stamp_is_left_out(missing: str) -> None:
    ping = table(row(0, out=1, back=3), stamped(row(0, out=50, back=60), **{missing: 0}))
    assert handover_cost(ping) == pytest.approx(0.004)
    assert out_cost(ping) == pytest.approx(0.001)
    assert back_cost(ping) == pytest.approx(0.003)


@pytest.mark.parametrize("cost", [handover_cost, out_cost, back_cost])
@pytest.mark.parametrize("ping", [table(), table(never_begun(), slot_lost())], ids=["no pings", "none returned"])
def test_it_is_not_made_up_when_no_ping_came_back(cost: Callable[[SpanTable], float], ping: SpanTable) -> None:
    with pytest.raises(ValueError, match="no task of the ping phase came back"):
        cost(ping)
