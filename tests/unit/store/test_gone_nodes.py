"""Traces of gone nodes are deleted, and nothing else."""

from __future__ import annotations

from services.store import keys
from services.store.connection import Client
from services.store.control_app import control_app
from services.store.gone_nodes import sweep
from services.store.nodes import Nodes
from services.store.server import EmbeddedServer
from tests.unit.analysis.made import node


def test_queue_binding_and_name_of_a_node_go_when_its_announcement_has_expired(store: Client) -> None:
    Nodes(store).announce(node("there"))
    store.sadd(keys.NODES, "gone")
    for name in ("there", "gone", "long-gone"):
        for binding in (keys.node_binding(name), keys.node_binding_permanent(name)):
            store.sadd(binding, "a binding")
        store.lpush(keys.node_queue(name), "an order")
    sweep(store)
    assert {str(name) for name in store.smembers(keys.NODES)} == {"there"}
    assert {str(key) for key in store.scan_iter("lab:control:*")} == {
        keys.node_binding("there"),
        keys.node_binding_permanent("there"),
        keys.node_queue("there"),
    }


def test_nothing_that_kombu_keeps_of_a_gone_node_stays_and_one_that_comes_back_gets_orders(
    server: EmbeddedServer, store: Client
) -> None:
    with control_app("lab", server.url) as app:
        app.send_task("an order", queue="node.gone", retry=False)
        assert len(store.keys("lab:control:*")) > 1
        sweep(store)
        assert store.keys("lab:control:*") == []
        app.send_task("an order", queue="node.gone", retry=False)
        assert store.llen(keys.node_queue("gone")) == 1


def test_a_store_without_leftovers_stays_as_it_is(store: Client) -> None:
    store.set(keys.experiment("e1"), "kept")
    assert sweep(store) == 0
    assert store.get(keys.experiment("e1")) == "kept"
