"""What workers and everything beside them used of the processors, node by node and host by host."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.analysis.trial.merging import summarise
from services.core.figures import Figures
from services.core.trial import NodeTrial
from tests.unit.analysis.made import figures as figures_of
from tests.unit.analysis.made import row, share, trial
from tests.unit.analysis.used import usage

FOUR = [row(0), row(3), row(12), row(15)]


def measured(*shares: NodeTrial) -> Figures:
    figures = summarise(trial(), shares, elapsed=3).figures
    assert figures is not None
    return figures


def test_what_workers_used_adds_up_over_nodes() -> None:
    used = usage(user=1, system=0.5, throttled=0.2, switches=30)
    figures = measured(share(FOUR, used=used), share(FOUR, node="b", used=used))
    assert (figures.usage.user, figures.usage.system) == (2, 1)
    assert (figures.usage.throttled, figures.usage.throttled_periods) == (0.4, 4)
    assert (figures.usage.voluntary_switches, figures.usage.involuntary_switches) == (60, 60)


def test_what_the_store_used_is_counted_once_for_all_nodes() -> None:
    less, more = (replace(usage(), broker=broker) for broker in (0.4, 0.5))
    assert measured(share(FOUR, used=more), share(FOUR, node="b", boot="two", used=less)).cores.broker == 0.5


def test_the_noise_of_a_host_is_counted_once_and_its_other_worker_is_none_of_it() -> None:
    # Of 4.05 s on the host 1 and 2 went to the workers, 0.375 to each agent, 0.3 to everything else.
    one = share(FOUR, used=usage(user=0.5, system=0.5, others=2.675, steal=0.1))
    other = share(FOUR, node="b", used=usage(user=2, others=1.675, steal=0.1))
    figures = measured(one, other)
    assert figures.cores.others == pytest.approx(0.3)
    assert figures.cores.steal == pytest.approx(0.1)


def test_the_noise_of_two_hosts_adds_up() -> None:
    one = share(FOUR, used=usage(user=1, others=0.2, steal=0.1))
    other = share(FOUR, node="b", boot="two", used=usage(user=2, others=0.3, steal=0.4))
    figures = measured(one, other)
    assert figures.cores.others == pytest.approx(0.5)
    assert figures.cores.steal == pytest.approx(0.5)


def test_each_node_is_divided_by_its_own_time_and_then_rates_add_up() -> None:
    """Two hosts of which each kept one core busy, one for 10 s and one for 1 s."""
    long = share(FOUR, used=usage(user=10, elapsed=10))
    short = share(FOUR, node="b", boot="two", used=usage(user=1, elapsed=1))
    assert measured(long, short).cores.worker == pytest.approx(2)


def test_what_was_used_is_divided_by_the_time_between_its_readings_and_not_by_the_window() -> None:
    figures = measured(share(FOUR, used=usage(user=1, system=0.5, elapsed=1.5)))
    assert figures.window < 1.5
    assert figures.cores.worker == pytest.approx(1)


def test_the_quota_stops_no_cpu_for_longer_than_the_time_there_was() -> None:
    cores = measured(share(FOUR, used=usage(throttled=1.9, elapsed=1))).cores
    assert (cores.throttled, cores.stopped) == pytest.approx((19 / 20, 0.95))


def test_figures_stored_without_elapsed_time_are_divided_by_the_window() -> None:
    old = replace(figures_of(100, window=2, used=usage(user=3, throttled=0.5)), cores_used=None)
    assert (old.cores.worker, old.cores.throttled, old.cores.stopped) == (1.5, 0.25, None)
