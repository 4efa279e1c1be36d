"""Which names the dashboard answers to."""

from __future__ import annotations

import pytest

from dashboard.serve import LOOPBACK, _hosts


@pytest.mark.parametrize("bind", ["127.0.0.1:8000", "localhost:80", "[::1]:8000", "127.0.0.2:1"])
def test_on_this_machine_only_its_own_names_count(bind: str) -> None:
    hosts = _hosts(bind)
    assert hosts is not None and set(LOOPBACK) <= set(hosts)


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "10.0.0.7:8000", "[::]:8000"])
def test_on_a_network_nobody_knows_its_names(bind: str) -> None:
    assert _hosts(bind) is None
