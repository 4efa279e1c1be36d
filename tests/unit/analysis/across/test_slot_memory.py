"""Memory per slot is the slope of peak PSS; what it says about the node's limit holds only if it is one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from services.analysis.across.slot_memory import slot_memory
from services.core.environment import Environment
from services.core.findings import SlotMemory
from services.core.models import Model
from services.core.summary import CellSummary, Interval
from tests.unit.analysis.made import MB, environment, node
from tests.unit.analysis.summaries import cell, measured, weighed

PREFORK, THREADS = Model.PREFORK, Model.THREADS
#: Of a node with 1000 MB.
HERE = environment()


def line(*slots: int, per_slot: float = 20, fixed: float = 40, replicas: int = 1) -> list[CellSummary]:
    """Three equal trials at each concurrency."""
    return [weighed(cell(PREFORK, n, replicas=replicas), [replicas * (fixed + per_slot * n)] * 3) for n in slots]


def only(cells: list[CellSummary], nodes: Environment = HERE) -> SlotMemory:
    (found,) = slot_memory(cells, nodes)
    return found


def slope(found: SlotMemory) -> Interval:
    """Of a line that is measurable."""
    assert found.per_slot is not None
    return found.per_slot


def test_a_slot_costs_the_slope_and_the_rest_is_fixed() -> None:
    found = only(line(1, 2, 8))
    assert slope(found).estimate == pytest.approx(20 * MB)
    assert found.fixed == 40 * MB


def test_the_limit_is_where_the_line_reaches_the_nodes_memory() -> None:
    assert (only(line(1, 8)).limit, only(line(1, 8)).limit_is_lower_bound) == ((1000 - 40) // 20, False)
    assert only(line(1, 8, per_slot=21)).limit == 45


def test_the_line_is_extrapolated_to_ten_times_what_was_measured_at_most() -> None:
    found = only(line(1, 4))
    assert (found.limit, found.limit_is_lower_bound) == (40, True)
    assert only(line(1, 16, per_slot=0.001)).limit == 160


def test_the_smallest_node_sets_the_limit() -> None:
    one, other = node("a"), node("b")
    small = replace(other, fingerprint=replace(other.fingerprint, memory_limit=500 * MB))
    assert only(line(1, 4), environment(one, small)).limit == 23
    assert not only(line(1, 4), environment(one, small)).limit_is_lower_bound
    assert only(line(1, 4), Environment(nodes=())).limit is None


def test_a_worker_larger_than_its_node_has_no_room_for_a_slot() -> None:
    assert only(line(1, 4, fixed=1100)).limit == 0


def test_replicas_count_as_one_worker_each() -> None:
    one, three = only(line(1, 4)), only(line(1, 4, replicas=3))
    assert three.group.replicas == 3
    assert slope(three).estimate == pytest.approx(slope(one).estimate)
    assert (three.fixed, three.limit, three.double_counted) == (one.fixed, one.limit, one.double_counted)
    assert three.private_growth == pytest.approx((120 / 2 - 10 / 3) * MB)


@pytest.mark.parametrize("seed", range(5))
def test_the_slopes_interval_is_students(seed: int) -> None:
    random = np.random.default_rng(seed)
    slots = np.repeat((1, 2, 4, 8), 3)
    peaks = 40 + 20 * slots + random.normal(0, 3, len(slots))
    found = only([weighed(cell(PREFORK, int(n)), peaks[slots == n].tolist()) for n in (1, 2, 4, 8)])
    theirs = stats.linregress(slots, peaks)
    margin = stats.t.ppf(0.975, len(slots) - 2) * theirs.stderr
    assert slope(found).estimate == pytest.approx(theirs.slope * MB, rel=1e-5)
    assert slope(found).low == pytest.approx((theirs.slope - margin) * MB, rel=1e-5)
    assert slope(found).high == pytest.approx((theirs.slope + margin) * MB, rel=1e-5)


def test_a_slope_whose_interval_includes_0_is_not_measurable_and_has_an_upper_bound() -> None:
    found = only([weighed(cell(THREADS, n), peaks) for n, peaks in ((1, [40, 42, 44]), (4, [39, 41, 43]))])
    theirs = stats.linregress([1, 1, 1, 4, 4, 4], [40, 42, 44, 39, 41, 43])
    assert theirs.slope < 0
    under = theirs.slope + stats.t.ppf(0.975, 4) * theirs.stderr
    assert found.per_slot is None
    assert found.upper_bound == pytest.approx(under * MB, rel=1e-5)
    assert found.fixed == 41.5 * MB, "the mean: a line without a slope"
    assert (found.limit, found.limit_is_lower_bound) == (40, True)


def test_a_bound_that_reaches_the_nodes_memory_before_ten_times_limits_the_slots() -> None:
    peaks = [weighed(cell(THREADS, n), each) for n, each in ((1, [100, 300, 500]), (4, [100, 300, 500]))]
    found = only(peaks)
    theirs = stats.linregress([1, 1, 1, 4, 4, 4], [100, 300, 500] * 2)
    under = stats.t.ppf(0.975, 4) * theirs.stderr
    assert found.limit == int(2.5 + (1000 - 300) / under) < 40
    assert found.limit_is_lower_bound


def test_a_worker_that_shrinks_has_no_bound_and_ten_times_the_slots_fit() -> None:
    found = only(line(1, 4, per_slot=-2))
    assert (found.per_slot, found.upper_bound) == (None, None)
    assert (found.limit, found.limit_is_lower_bound) == (40, True)


def test_two_trials_have_a_slope_without_bounds_and_no_limit() -> None:
    found = only([weighed(cell(PREFORK, n), [40 + 20 * n]) for n in (1, 4)])
    assert slope(found).estimate == pytest.approx(20 * MB)
    assert (slope(found).low, slope(found).high) == (None, None)
    assert (found.limit, found.limit_is_lower_bound) == (None, False)


def test_two_trials_that_show_no_growth_show_nothing() -> None:
    found = only([weighed(cell(PREFORK, n), [40 - n]) for n in (1, 4)])
    assert (found.per_slot, found.upper_bound, found.limit) == (None, None, None)


def test_rss_and_copied_pages_are_those_of_the_highest_concurrency() -> None:
    cells = [weighed(cell(PREFORK, 4), [120] * 3, idle=25), weighed(cell(PREFORK, 1), [60] * 3, idle=29)]
    found = only(cells)
    assert found.double_counted == 3
    assert found.private_growth == (60 - 25) * MB


def test_models_and_variants_are_kept_apart() -> None:
    cells = [weighed(cell(model, n, size=size), [n]) for size in (1, 2) for model in (PREFORK, THREADS) for n in (1, 2)]
    found = slot_memory(cells, HERE)
    assert [(one.group.model, one.group.variant["size"]) for one in found] == [
        (PREFORK, 1),
        (THREADS, 1),
        (PREFORK, 2),
        (THREADS, 2),
    ]


@pytest.mark.parametrize(
    "cells",
    [[], line(4), [*line(4), measured(cell(PREFORK, 8), [None])]],
    ids=["nothing", "one concurrency", "the other one failed"],
)
def test_one_concurrency_makes_no_line(cells: list[CellSummary]) -> None:
    assert slot_memory(cells, HERE) == ()


def test_sequential_has_one_slot_and_no_line() -> None:
    assert slot_memory([weighed(cell(Model.SEQUENTIAL), [40, 50, 60])], HERE) == ()
