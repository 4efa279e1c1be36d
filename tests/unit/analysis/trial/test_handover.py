"""The hand-over cost of a ping excludes its body and the storing of its result."""

from __future__ import annotations

import pytest

from services.analysis.trial.flow import carriage, handover_cost
from tests.unit.analysis.made import never_begun, row, slot_lost, stamped, table


def test_the_body_and_the_storing_are_not_in_the_hand_over_cost() -> None:
    ping = table(row(0, out=1, body=50, storing=70, back=3))
    assert handover_cost(ping) == pytest.approx(0.004)
    assert (carriage(ping).handing_over, carriage(ping).returning) == pytest.approx((0.001, 0.003))


def test_the_hand_over_cost_is_the_median_of_the_sums_not_the_sum_of_the_medians() -> None:
    ping = table(row(0, out=1, back=9), row(1, out=2, back=2), row(2, out=9, back=1))
    assert handover_cost(ping) == pytest.approx(0.010)
    assert (carriage(ping).handing_over, carriage(ping).returning) == pytest.approx((0.002, 0.002))


def test_one_slow_ping_in_five_does_not_change_the_hand_over_cost() -> None:
    ping = table(*(row(start, out=1, back=1) for start in range(4)), row(5, out=500, back=500))
    assert handover_cost(ping) == pytest.approx(0.002)


def test_a_ping_that_lacks_a_stamp_is_left_out() -> None:
    for missing in ("handed_over", "started", "stored", "returned"):
        ping = table(row(0, out=1, back=3), stamped(row(0, out=50, back=60), **{missing: 0}))
        assert handover_cost(ping) == pytest.approx(0.004), missing
        assert (carriage(ping).handing_over, carriage(ping).returning) == pytest.approx((0.001, 0.003)), missing


def test_without_a_returned_ping_there_is_no_hand_over_cost() -> None:
    for ping in (table(), table(never_begun(), slot_lost())):
        for cost in (handover_cost, carriage):
            with pytest.raises(ValueError, match="no task of the ping phase returned"):
                cost(ping)
