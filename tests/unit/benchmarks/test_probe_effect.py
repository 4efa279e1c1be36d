"""What the probe's benchmark makes of workers whose throughputs are known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.probe import FULL, QUICK, ProbeSize, Window, compare
from services.core.models import Model


class Known:
    """Workers whose throughput is `bare` or `measured`, times `growth` for each that was started before it."""

    def __init__(self, *, bare: float, measured: float, growth: float = 1.0) -> None:
        self.order: list[str] = []
        self._rates = {"bare": bare, "measured": measured}
        self._growth = growth
        self._running = 0

    @contextmanager
    def bare(self) -> Iterator[Window]:
        with self._started("bare") as window:
            yield window

    @contextmanager
    def measured(self) -> Iterator[Window]:
        with self._started("measured") as window:
            yield window

    @contextmanager
    def _started(self, kind: str) -> Iterator[Window]:
        rate = self._rates[kind] * self._growth**self._running
        self.order.append(kind)
        self._running += 1
        yield lambda _tasks: rate
        self._running -= 1


def test_a_probe_that_takes_a_tenth_is_found_to_take_a_tenth() -> None:
    found = compare(Model.THREADS, Known(bare=500, measured=450), QUICK)
    assert found.ratio.estimate == pytest.approx(0.9)
    assert (found.bare, found.measured) == (500, 450)


@pytest.mark.parametrize("growth", [1.03, 0.9])
def test_the_order_of_starts_favours_no_side(growth: float) -> None:
    found = compare(Model.THREADS, Known(bare=500, measured=500, growth=growth), QUICK)
    assert [start.ratio for start in found.starts] == pytest.approx([1, 1])


def test_the_effect_of_an_earlier_start_is_reported() -> None:
    # One kind is started first and last, the other in between: three places apart, and one.
    found = compare(Model.THREADS, Known(bare=500, measured=400, growth=1.1), QUICK)
    assert found.earlier.estimate == pytest.approx(1.1 ** -((3 + 1) / 2))


def test_either_kind_is_first_equally_often() -> None:
    workers = Known(bare=500, measured=490)
    found = compare(Model.THREADS, workers, ProbeSize(starts=6, most=20, narrow=0.1, windows=2, window=0.1))
    assert len(found.starts) == 6
    one, other = ["bare", "measured", "measured", "bare"], ["measured", "bare", "bare", "measured"]
    assert workers.order == (one + other) * 3


def test_there_are_starts_until_the_interval_is_narrow_or_there_were_enough() -> None:
    assert len(compare(Model.THREADS, Known(bare=500, measured=490), FULL).starts) == FULL.starts
    never = ProbeSize(starts=2, most=8, narrow=-1.0, windows=1, window=0.1)
    assert len(compare(Model.THREADS, Known(bare=500, measured=490), never).starts) == 8
