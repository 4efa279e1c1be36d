"""Nodes that announce themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.store import keys
from services.store.connection import Client
from services.store.nodes import NODE_LIFETIME, Nodes
from tests.live import until
from tests.unit.analysis import made


def lifetime(store: Client, key: str) -> float:
    """Seconds the server still keeps it; less than 0 for ever."""
    return float(store.pttl(key)) / 1000


def test_nodes_are_there_by_name_as_they_announced_themselves(store: Client) -> None:
    nodes = Nodes(store)
    assert nodes.present() == ()
    for node in (made.node("b"), made.node("a"), replace(made.node("b"), seen=9.0, trial="e1-3")):
        nodes.announce(node)
    assert nodes.present() == (made.node("a"), replace(made.node("b"), seen=9.0, trial="e1-3"))


def test_a_node_that_reports_nothing_more_is_gone_when_its_time_is_over(store: Client) -> None:
    nodes = Nodes(store)
    nodes.announce(made.node("a"))
    assert NODE_LIFETIME - 5 < lifetime(store, keys.node("a")) <= NODE_LIFETIME
    store.pexpire(keys.node("a"), 1)
    until(lambda: not store.exists(keys.node("a")), seconds=10)
    assert nodes.present() == ()
    nodes.announce(made.node("a"))
    assert nodes.present() == (made.node("a"),)


def test_an_announcement_counts_for_its_whole_time_less_what_has_passed(store: Client) -> None:
    nodes = Nodes(store)
    assert nodes.left("a") <= 0
    nodes.announce(made.node("a"))
    store.pexpire(keys.node("a"), 3_900)
    assert 3 < nodes.left("a") <= 3.9


def test_every_announcement_gives_a_node_its_whole_time_again(store: Client) -> None:
    nodes = Nodes(store)
    nodes.announce(made.node("a"))
    store.pexpire(keys.node("a"), 2000)
    nodes.announce(made.node("a"))
    assert lifetime(store, keys.node("a")) > NODE_LIFETIME - 5


def test_a_node_that_leaves_is_gone_at_once_and_others_stay(store: Client) -> None:
    nodes = Nodes(store)
    nodes.announce(made.node("a"))
    nodes.announce(made.node("b"))
    nodes.leave("a")
    nodes.leave("never there")
    assert nodes.present() == (made.node("b"),)
    assert store.smembers(keys.NODES) == {"b"}


def test_a_node_of_another_version_of_the_lab_is_none_of_ours_and_hides_no_other(
    store: Client, caplog: pytest.LogCaptureFixture
) -> None:
    nodes = Nodes(store)
    for name in ("a", "b", "c"):
        nodes.announce(made.node(name))
    store.set(keys.node("b"), '{"name": "b", "speaks": "another language"}')
    for _ in range(3):
        assert nodes.present() == (made.node("a"), made.node("c"))
    assert caplog.text.count("node b is of another version of the lab") == 1, "once, however often it is looked at"
