"""Nodes of one name."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from services.core.errors import Conflict
from services.node.serve import take_name
from services.store.connection import Client
from services.store.nodes import Nodes
from tests.unit.analysis import made


def test_the_name_of_a_living_node_is_refused_by_name(store: Client) -> None:
    nodes, stopped = Nodes(store), threading.Event()
    first = made.node("desk")
    nodes.announce(first)

    def beat() -> None:
        while not stopped.wait(0.2):
            nodes.announce(first)

    beating = threading.Thread(target=beat)
    beating.start()
    try:
        with pytest.raises(Conflict, match="a node called desk is at work already: set LAB_NODE"):
            take_name(nodes, "desk")
    finally:
        stopped.set()
        beating.join()
    assert nodes.present() == (first,)


def test_a_node_that_crashed_gets_its_name_back_within_seconds(store: Client) -> None:
    nodes = Nodes(store)
    nodes.announce(made.node("desk"))
    again = replace(made.node("desk"), instance="i2")
    assert not nodes.announce(again)
    take_name(nodes, "desk", watch=0.3)
    assert nodes.announce(again)
    assert nodes.present() == (again,)


def test_a_free_name_is_taken_at_once_and_an_announcement_that_cannot_be_read_does_not_hold_it(store: Client) -> None:
    nodes = Nodes(store)
    take_name(nodes, "desk")
    for garbage in ("garbage", "5", "[]", "{}"):
        store.set("lab:node:desk", garbage)
        assert nodes.announce(made.node("desk"))
        nodes.leave("desk")
