"""Cost over size is α + n/β: found again where planted, refused where it is no line or cannot be told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from services.analysis.across.payload import payload
from services.core.findings import Channel, Payload
from services.core.models import Model
from services.core.summary import CellSummary, Interval
from services.core.units import Seconds
from tests.unit.analysis.made import breakdown, carriage
from tests.unit.analysis.summaries import cell, each, elsewhere, measured

SIZES = (0, 1_000, 64_000, 1_000_000)
UNITS = dict.fromkeys(("argument_bytes", "result_bytes", "message_bytes", "size_bytes"), "bytes")
PREFORK, THREADS = Model.PREFORK, Model.THREADS
Cost = Callable[[int], Seconds]


def carried(
    slot: Cost, broker: Cost, *, sizes: tuple[int, ...] = SIZES, blocks: int = 5, noise: float = 0.02, seed: int = 1
) -> list[CellSummary]:
    """A cell for each size; the costs of its trials scatter by `noise`."""
    random = np.random.default_rng(seed)

    def scattered(cost: Cost, size: int) -> Seconds:
        return cost(size) * float(np.exp(random.normal(0, noise)))

    return [
        each(
            cell(PREFORK, argument_bytes=size, result_bytes=0),
            [{"carriage": carriage(scattered(slot, size), scattered(broker, size))} for _ in range(blocks)],
        )
        for size in sizes
    ]


def pipe(size: int) -> Seconds:
    """0.2 ms, and 500 MB/s."""
    return 0.0002 + size / 500e6


def broker(size: int) -> Seconds:
    """0.5 ms, and 100 MB/s."""
    return 0.0005 + size / 100e6


def level(_: int) -> Seconds:
    return 0.0002


def only(found: tuple[Payload, ...]) -> Payload:
    assert len(found) == 1
    return found[0]


def channels(cells: list[CellSummary]) -> dict[str, Channel]:
    found = only(payload(cells, UNITS))
    assert found.no_fit_reason == ""
    return {channel.name: channel for channel in found.channels}


def holds(interval: Interval | None, value: float) -> bool:
    assert interval is not None and interval.low is not None and interval.high is not None
    return interval.low <= value <= interval.high


def test_latency_and_bandwidth_of_the_slot_and_of_the_broker_are_found_again() -> None:
    found = channels(carried(pipe, broker))
    assert list(found) == ["slot", "broker"]
    assert holds(found["slot"].latency, 0.0002) and holds(found["slot"].bandwidth, 500e6)
    assert holds(found["broker"].latency, 0.0005) and holds(found["broker"].bandwidth, 100e6)
    assert found["slot"].r_squared > 0.98


def test_exact_costs_give_exact_lines() -> None:
    slot = channels(carried(pipe, broker, noise=0))["slot"]
    assert slot.latency.estimate == pytest.approx(0.0002)
    assert slot.bandwidth is not None and slot.bandwidth.estimate == pytest.approx(500e6)
    assert slot.r_squared == pytest.approx(1)


def test_the_cost_of_a_slot_is_both_ways_and_that_of_the_broker_is_both_ends() -> None:
    trial = carried(pipe, broker, noise=0)[0].trials[0]
    assert trial.carriage is not None
    assert trial.carriage.handing_over + trial.carriage.returning == pytest.approx(0.0002)
    assert trial.carriage.fetching + trial.carriage.storing == pytest.approx(0.0005)


def test_where_size_makes_no_difference_there_is_a_latency_and_no_bandwidth() -> None:
    for seed in range(10):
        slot = channels(carried(level, broker, seed=seed))["slot"]
        assert slot.latency.estimate == pytest.approx(0.0002, rel=0.05)
        assert slot.bandwidth is None or slot.bandwidth.estimate > 1e11


def test_what_gets_cheaper_with_size_has_no_bandwidth() -> None:
    slot = channels(carried(lambda size: 0.0004 - size / 5e9, broker, noise=0))["slot"]
    assert slot.bandwidth is None
    assert channels(carried(lambda size: 0.0004 - size / 5e9, broker, blocks=1))["slot"].bandwidth is None


def test_one_repeat_has_a_line_without_bounds() -> None:
    slot = channels(carried(pipe, broker, blocks=1))["slot"]
    assert (slot.latency.low, slot.latency.high) == (None, None)
    assert slot.bandwidth is not None and slot.bandwidth.low is None


def test_two_sizes_are_refused() -> None:
    found = only(payload(carried(pipe, broker, sizes=(0, 1000)), UNITS))
    assert (found.channels, found.no_fit_reason) == ((), "2 sizes were measured: a line needs at least 3.")


def test_what_is_no_line_is_refused_and_the_other_one_stays() -> None:
    found = only(payload(carried(lambda size: 0.001 if size == 1000 else 0.0001, broker, noise=0), UNITS))
    assert [channel.name for channel in found.channels] == ["broker"]
    assert found.no_fit_reason.startswith("slot: a line misses the measured costs by ")


def test_every_swept_size_and_every_group_has_a_payload() -> None:
    cells = [
        each(cell(model, argument_bytes=argument, result_bytes=result), [{}])
        for model in (PREFORK, THREADS)
        for argument in SIZES[:3]
        for result in SIZES[:3]
    ]
    found = payload(cells, UNITS)
    assert [one.parameter for one in found] == ["argument_bytes"] * 6 + ["result_bytes"] * 6
    assert [one.group.variant for one in found[:3]] == [{"result_bytes": size} for size in SIZES[:3]]
    assert [one.group.model for one in found[6:9]] == [PREFORK] * 3
    assert {one.group.concurrency for one in found} == {1}


def test_other_parameters_and_cells_at_a_planned_rate_are_no_payload() -> None:
    assert payload([measured(cell(PREFORK, limit=limit), [100]) for limit in (1, 2, 3)], UNITS) == ()
    assert payload([measured(cell(PREFORK, rate=9, size_bytes=size), [9]) for size in (1, 2, 3)], UNITS) == ()
    assert payload([], UNITS) == ()


def test_while_nothing_is_measured_there_is_no_payload() -> None:
    assert payload([measured(cell(PREFORK, size_bytes=size), [None]) for size in (1, 2, 3)], UNITS) == ()


def exchanged(kinds: tuple[str, ...], sizes: tuple[int, ...]) -> list[CellSummary]:
    """Tasks of 100 round trips: over "pipe" one way takes as long as `pipe` says, over others ten times that."""
    return [
        elsewhere(
            each(
                cell(PREFORK, kind=kind, message_bytes=size, exchanges=100),
                [{"breakdown": breakdown(200 * pipe(size) * (1 if kind == "pipe" else 10))}] * 3,
            ),
            "channel",
        )
        for kind in kinds
        for size in sizes
    ]


def test_of_channels_each_kind_is_one_by_the_time_of_a_message_one_way() -> None:
    found = channels(exchanged(("queue", "pipe"), SIZES))
    assert list(found) == ["queue", "pipe"]
    assert found["pipe"].latency.estimate == pytest.approx(0.0002)
    assert found["queue"].latency.estimate == pytest.approx(0.002)
    assert found["pipe"].bandwidth is not None and found["pipe"].bandwidth.estimate == pytest.approx(500e6)


def test_one_kind_alone_is_named_too() -> None:
    assert list(channels(exchanged(("pipe",), SIZES))) == ["pipe"]


def test_a_kind_that_a_model_cannot_run_is_left_out() -> None:
    failed = [
        elsewhere(measured(cell(PREFORK, kind="queue", message_bytes=size, exchanges=100), [None]), "channel")
        for size in SIZES
    ]
    assert list(channels([*exchanged(("pipe",), SIZES), *failed])) == ["pipe"]


def test_a_parameter_is_a_size_by_its_declared_unit_of_any_name() -> None:
    cells = [each(cell(PREFORK, length=size), [{}]) for size in SIZES[:3]]
    assert [one.parameter for one in payload(cells, {"length": "bytes"})] == ["length"]
    assert payload(cells, {"length": "ms"}) == ()
