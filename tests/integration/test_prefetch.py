"""Stock gevent on Redis stalls when its prefetch window is full: found when a user asks for it, and not by default."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live import LiveLab


def warned(cell: dict[str, Any]) -> list[str]:
    return [one["name"] for one in cell["warnings"]]


def cell(live_lab: LiveLab, **asked: Any) -> dict[str, Any]:
    id = live_lab.submit("wait", models=["gevent"], concurrency=[1], repeats=1, params={"milliseconds": 20}, **asked)
    # With one slot every task stalls, those of the ping phase too: 2 s each.
    found: dict[str, Any] = live_lab.ended(id, seconds=240)["cells"][0]
    return found


@pytest.mark.timeout(300)
def test_a_tight_prefetch_window_stalls_gevent_and_the_stall_is_named(live_lab: LiveLab) -> None:
    tight, usual = cell(live_lab, prefetch=1), cell(live_lab)
    assert "prefetch stall" in warned(tight)
    assert "prefetch stall" not in warned(usual)
    assert usual["throughput"]["estimate"] > 2 * tight["throughput"]["estimate"]
