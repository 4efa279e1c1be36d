"""Every workload, at its defaults, in every model, on real workers."""

from __future__ import annotations

import math
import os

import pytest

from benchmarks.cores import MOST_CORES, MOST_PARTS
from services.core.models import Model
from services.node.cgroup import cpu_quota
from services.store.server import EmbeddedServer
from tests.integration import block
from workloads.registry import discover

#: Its trials fail by intention: test_claims.py.
DIES = "die"
#: Shortest saturate window, in seconds. Half a second: CPU time is counted in steps of 10 ms per process.
WINDOW = 0.5


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("workload", [name for name in discover() if name != DIES])
def test_it_is_measured_without_losing_a_task(server: EmbeddedServer, workload: str, model: Model) -> None:
    (trial,) = block.measured(server, window=WINDOW, workload=workload, models=[model], concurrency=[2]).results
    usable = min(len(os.sched_getaffinity(0)), cpu_quota() or math.inf)
    assert trial.failure == ""
    assert (trial.lost, trial.duplicates) == (0, 0)
    assert trial.facts is not None and trial.facts.hiredis is False
    figures = trial.figures
    assert figures is not None
    assert figures.window > WINDOW / 5, "calibrated, however busy the machine was"
    assert figures.pss.peak <= figures.rss.peak
    split, one_thread = figures.breakdown, not model.traits.has_thread_per_slot
    assert (split.cpu is None) is (split.storing_cpu is None) is one_thread
    on_a_core = (split.cpu or 0.0) + (split.storing_cpu or 0.0)
    assert on_a_core * figures.throughput <= MOST_PARTS * usable
    assert figures.cores.worker <= MOST_CORES * usable
