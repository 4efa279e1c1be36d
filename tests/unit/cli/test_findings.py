"""What follows from several cells together, as text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.cli.findings import findings
from services.core.experiment import Model
from services.core.findings import (
    Channel,
    Findings,
    Fit,
    Group,
    Load,
    LoadPoint,
    Payload,
    Scaling,
    SlotMemory,
    Speedup,
)
from services.core.summary import Interval

MIB = 2**20


def group(model: Model = Model.THREADS, *, replicas: int = 1, concurrency: int | None = None, **variant: Any) -> Group:
    return Group(model=model, replicas=replicas, concurrency=concurrency, variant=variant)


def around(median: float) -> Interval:
    return Interval(median=median, low=0.9 * median, high=1.1 * median)


def alone(median: float) -> Interval:
    return Interval(median=median, low=None, high=None)


def scaling(
    of: Group,
    name: str = "threads@2",
    *,
    refused: str = "",
    fits: tuple[Fit, ...] = (),
    of_bare: Interval | None = None,
) -> Scaling:
    speedup = Speedup(
        cell=name,
        concurrency=2,
        over_sequential=around(1.5),
        over_one=alone(1.25),
        efficiency=alone(0.625),
        of_bare=of_bare,
    )
    return Scaling(group=of, speedups=(speedup,), fits=fits, refused=refused)


def fit(*, peak: float | None = None) -> Fit:
    return Fit(
        law="usl",
        parameters={"rate": around(100), "contention": around(0.05), "coherency": alone(0.001)},
        r_squared=0.987,
        deviation=0.01,
        peak=peak,
        peak_rate=None if peak is None else 1234,
    )


def memory(
    of: Group, *, measurable: bool = True, under: int | None = None, limit: int | None = 37, at_least: bool = False
) -> SlotMemory:
    return SlotMemory(
        group=of,
        per_slot=around(12.5 * MIB) if measurable else None,
        under=under,
        fixed=40 * MIB,
        double_counted=2.345,
        broken=6 * MIB,
        limit=limit,
        at_least=at_least,
    )


def payload(of: Group, *, refused: str = "") -> Payload:
    slot = Channel(name="slot", latency=around(310e-6), bandwidth=around(200 * MIB), r_squared=0.99)
    store = Channel(name="store", latency=around(0.0021), bandwidth=None, r_squared=0.1)
    return Payload(group=of, parameter="bytes", channels=() if refused else (slot, store), refused=refused)


def load(of: Group, *, kept: float | None = 50.0, missed: float | None = 100.0, name: str = "threads@2") -> Load:
    points = tuple(
        LoadPoint(
            cell=f"{name} at {rate:g}/s",
            rate=rate,
            achieved=around(min(rate, 70)),
            p50=around(0.0081),
            p99=around(0.25),
            kept_up=rate < 70,
        )
        for rate in (50.0, 100.0)
    )
    return Load(group=of, points=points, highest_kept=kept, lowest_missed=missed)


def words(text: str, line: int) -> list[str]:
    return text.splitlines()[line].split()


def test_where_nothing_follows_there_is_no_text() -> None:
    assert findings(Findings()) == ""


def test_each_kind_is_a_block_of_its_own() -> None:
    of = group()
    text = findings(Findings(scaling=(scaling(of),), memory=(memory(of),), payload=(payload(of),), load=(load(of),)))
    assert [block.split()[0] for block in text.split("\n\n")] == ["speed-up", "memory", "payload", "load"]


def test_a_speed_up_is_a_line_with_intervals_where_there_are_any() -> None:
    text = findings(Findings(scaling=(scaling(group()),)))
    assert words(text, 1) == ["threads@2", "1.50", "(1.35–1.65)", "1.25", "62", "%"]


def test_efficiency_against_bare_processes_is_a_column_where_it_is_known() -> None:
    text = findings(Findings(scaling=(scaling(group(), of_bare=around(0.889)), scaling(group(Model.PREFORK)))))
    assert words(text, 0)[-3:] == ["efficiency", "of", "bare"]
    assert (words(text, 1)[-1], words(text, 2)[-1]) == ("%", "–")
    assert words(text, 3)[:2] == ["of", "bare:"]


def test_a_speed_up_over_nothing_is_a_dash() -> None:
    one = Speedup(cell="threads@2", concurrency=2, over_sequential=None, over_one=None, efficiency=None)
    text = findings(Findings(scaling=(Scaling(group=group(), speedups=(one,), fits=(), refused=""),)))
    assert words(text, 1) == ["threads@2", "–", "–", "–"]


def test_a_fit_is_told_with_its_parameters_and_its_peak() -> None:
    text = " ".join(findings(Findings(scaling=(scaling(group(), fits=(fit(peak=17.6),)),))).split())
    assert "threads: usl rate 100 (90.0–110), contention 0.0500 (0.0450–0.0550), coherency 0.00100 (R² 0.99)" in text
    assert text.endswith("; peak at 18 slots, 1,234 tasks/s")
    assert "peak" not in findings(Findings(scaling=(scaling(group(), fits=(fit(),)),)))


def test_why_there_is_no_fit_is_said_where_concurrencies_are_many_enough_to_expect_one() -> None:
    few = scaling(group(replicas=2), refused="it does not fit")
    many = replace(few, speedups=few.speedups * 4)
    assert "it does not fit" not in findings(Findings(scaling=(few,)))
    assert findings(Findings(scaling=(many,))).splitlines()[-1] == "  threadsx2: it does not fit"


def test_memory_is_a_line_of_sizes_and_how_many_slots_fit() -> None:
    text = findings(Findings(memory=(memory(group(Model.PREFORK)), memory(group(limit=9), limit=None))))
    assert words(text, 1) == ["prefork", "12.5", "MiB", "40.0", "MiB", "2.35", "6.00", "MiB", "37"]
    assert words(text, 2)[:2] == ["threads", "limit=9"]
    assert words(text, 2)[-1] == "–"


def test_a_slope_that_is_not_measurable_has_its_upper_bound_and_the_rules_are_stated() -> None:
    text = findings(
        Findings(
            memory=(
                memory(group(), measurable=False, under=85 * 1024, limit=160, at_least=True),
                memory(group(Model.GEVENT), measurable=False, limit=None),
            )
        )
    )
    assert words(text, 1) == "threads under 85.0 KiB 40.0 MiB 2.35 6.00 MiB at least 160".split()
    assert words(text, 2) == "gevent not measurable 40.0 MiB 2.35 6.00 MiB –".split()
    assert text.splitlines()[-1] == "  at least: extrapolated to at most 10 times the slots that were measured"
    assert "-12" not in text


def test_payload_is_a_line_a_channel_with_a_dash_where_size_makes_no_difference() -> None:
    text = findings(Findings(payload=(payload(group(concurrency=2)),)))
    assert words(text, 1) == ["threads@2", "bytes", "slot", "310", "µs", "200", "MiB/s", "0.99"]
    assert words(text, 2) == ["threads@2", "bytes", "store", "2.10", "ms", "–", "0.10"]


def test_why_payload_has_no_fit_is_said_without_an_empty_table() -> None:
    text = findings(Findings(payload=(payload(group(concurrency=2), refused="it takes three sizes"),)))
    assert text == "  threads@2 bytes: it takes three sizes"


@pytest.mark.parametrize(
    ("kept", "missed", "said"),
    [
        (50.0, 100.0, "threads@2 keeps up with 50.0/s, not with 100/s"),
        (100.0, None, "threads@2 keeps up with all rates, up to 100/s"),
        (50.0, None, "threads@2 keeps up with 50.0/s; above that the publisher could not keep the\n  schedule"),
        (None, 50.0, "threads@2 does not keep up with 50.0/s"),
        (None, None, "threads@2 inconclusive: the publisher could not keep the schedule"),
    ],
)
def test_load_is_one_line_per_rate_and_the_rates_kept(kept: float | None, missed: float | None, said: str) -> None:
    text = findings(Findings(load=(load(group(concurrency=2), kept=kept, missed=missed),)))
    assert words(text, 1) == ["threads@2", "at", "50/s", "50.0", "8.10", "ms", "250", "ms", "yes"]
    assert words(text, 2) == ["threads@2", "at", "100/s", "70.0", "8.10", "ms", "250", "ms", "no"]
    assert text.endswith(f"\n  {said}")


def test_everything_fits_80_columns() -> None:
    of = group(Model.PREFORK, replicas=16, concurrency=64, message_bytes=1_000_000)
    name = "prefork@64x16 message_bytes=1000000"
    refused = "too few concurrencies to tell one law from another, and so on at length. " * 3
    text = findings(
        Findings(
            scaling=(scaling(of, name, refused=refused, fits=(fit(peak=64),)),),
            memory=(
                memory(group(Model.PREFORK, replicas=16), measurable=False, under=999 * 1024, limit=640, at_least=True),
            ),
            payload=(payload(of), payload(of, refused=refused)),
            load=(load(of, name="prefork@64x16"),),
        )
    )
    assert max(len(line) for line in text.splitlines()) <= 80
