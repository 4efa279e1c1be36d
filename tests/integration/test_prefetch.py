"""Stock gevent on Redis stalls when its prefetch window is full: found when a user asks for it, and not by default."""

from __future__ import annotations

from typing import Any

from services.core.summary import CellSummary, Warn
from services.store.server import EmbeddedServer
from tests.integration import block


def gevent(server: EmbeddedServer, **asked: Any) -> CellSummary:
    """One slot, in which every task stalls, those of the ping phase too: 2 s each."""
    asked = {"workload": "wait", "models": ["gevent"], "concurrency": [1], "params": {"milliseconds": 20}, **asked}
    return block.measured(server, pings=1, **asked).cells["gevent@1"]


def test_a_tight_prefetch_window_stalls_gevent_and_the_stall_is_named(server: EmbeddedServer) -> None:
    tight, usual = gevent(server, prefetch=1), gevent(server)
    assert Warn.PREFETCH_STALL in {one.name for one in tight.warnings}
    assert Warn.PREFETCH_STALL not in {one.name for one in usual.warnings}
    assert tight.throughput is not None and usual.throughput is not None
    assert usual.throughput.estimate > 2 * tight.throughput.estimate
