"""Stock gevent on Redis stalls when its prefetch window is full: found when a user asks for it, and not by default."""

from __future__ import annotations

from typing import Any

from tests.live import LiveLab


def warned(cell: dict[str, Any]) -> list[str]:
    return [one["name"] for one in cell["warnings"]]


def test_a_tight_prefetch_window_stalls_gevent_and_the_stall_is_named(live_lab: LiveLab) -> None:
    asked = {"models": ["gevent"], "concurrency": [1], "repeats": 2, "params": {"milliseconds": 20}}
    tight = live_lab.measure("wait", prefetch=1, **asked)["gevent@1"]
    assert "prefetch stall" in warned(tight)
    usual = live_lab.measure("wait", **asked)["gevent@1"]
    assert "prefetch stall" not in warned(usual)
    assert usual["throughput"]["median"] > 2 * tight["throughput"]["median"]
