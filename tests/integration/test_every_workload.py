"""Every workload, at its defaults, in every model."""

from __future__ import annotations

import math
import os

import pytest

from benchmarks.cores import MOST_CORES, MOST_PARTS
from services.node.cgroup import cpu_quota
from tests.live import LiveLab
from workloads.registry import discover

#: Its trials fail by intention: tests/measuring/test_claims.py.
DIES = "die"


@pytest.mark.parametrize("workload", [name for name in discover() if name != DIES])
def test_it_is_measured_in_all_four_models_without_losing_a_task(workload: str, live_lab: LiveLab) -> None:
    cells = live_lab.measure(workload, concurrency=[2], repeats=1)
    usable = min(len(os.sched_getaffinity(0)), cpu_quota() or math.inf)
    assert list(cells) == ["sequential@1", "threads@2", "gevent@2", "prefork@2"]
    for name, cell in cells.items():
        (trial,) = cell["trials"]
        assert trial["failure"] == "", name
        assert trial["lost"] == 0
        assert trial["duplicates"] == 0
        assert trial["window"] > 0.5
        assert cell["memory"]["pss"]["peak"]["estimate"] <= cell["memory"]["rss"]["peak"]["estimate"]
        assert cell["facts"]["hiredis"] is False
        split, greenlets = cell["breakdown"], name.startswith("gevent")
        assert (split["cpu"] is None) is (split["storing_cpu"] is None) is greenlets
        on_a_core = 0.0 if greenlets else split["cpu"] + split["storing_cpu"]
        assert on_a_core * cell["throughput"]["estimate"] <= MOST_PARTS * usable, name
        assert cell["cpu"]["cores"]["estimate"] <= MOST_CORES * usable, name
