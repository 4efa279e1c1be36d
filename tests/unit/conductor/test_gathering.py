"""Trials whose nodes are missing."""

from __future__ import annotations

from dataclasses import replace

from services.conductor.gathering import LOOK
from services.core.experiment import State
from services.node.orders import ROLL_CALL
from services.store.connection import Client
from services.store.nodes import NODE_LIFETIME
from services.store.server import EmbeddedServer
from tests.live import until
from tests.unit.analysis import made
from tests.unit.conductor.podium import Podium


def test_a_trial_fails_naming_the_node_that_is_gone_and_cells_that_need_fewer_nodes_go_on(
    store: Client, server: EmbeddedServer
) -> None:
    podium = Podium(store, server.url, node_wait=0.3)
    record = podium.submit(replicas=(1, 2))
    first = next(one for one in podium.ledger.plan(record).trials if one.cell.replicas == 1)
    podium.ledger.save_trial(replace(made.result(50, index=first.index), trial=first))
    podium.ledger.save_nodes("e1", (made.node("ghost"), made.node("rack")))
    podium.nodes.announce(made.node("ghost"))
    with podium.running():
        until(lambda: any(one.trial.cell.replicas == 2 for one in podium.ledger.trials("e1")), seconds=20)
        podium.ordered(1)
    failed = next(one for one in podium.ledger.trials("e1") if one.trial.cell.replicas == 2)
    assert failed.failure == (
        "node rack did not come within 0.3 s (LAB_NODE_WAIT): 2 nodes are needed, 1 there (ghost)"
    )


def test_an_experiment_waits_once_for_nodes_and_not_once_per_trial(store: Client, server: EmbeddedServer) -> None:
    podium = Podium(store, server.url, node_wait=1)
    podium.submit(replicas=(2,), most_repeats=0)
    podium.nodes.announce(made.node("ghost"))
    podium.conductor.run()
    first, second = podium.ledger.trials("e1")
    assert first.elapsed >= 1 > second.elapsed
    assert podium.state() is State.FAILED
    assert podium.ledger.get("e1").reason.startswith("no trial finished: a node did not come within 1 s")


def test_a_lost_node_and_the_time_left_are_shown(podium: Podium) -> None:
    podium.submit(replicas=(2,))
    podium.ledger.save_nodes("e1", (made.node("desk"), made.node("rack")))
    podium.nodes.announce(made.node("desk"))
    with podium.running():
        podium.waits()
        now = podium.ledger.now("e1")
    assert now is not None
    assert (now.phase, now.waiting) == ("waits for node rack, 60 s left", True)


def test_pages_show_the_loss_of_a_node_within_10_s() -> None:
    assert NODE_LIFETIME + ROLL_CALL + LOOK < 10


def test_while_no_node_is_there_at_all_no_trial_fails(store: Client, server: EmbeddedServer) -> None:
    podium = Podium(store, server.url, node_wait=0)
    podium.submit(replicas=(2,))
    with podium.running():
        podium.waits()
        assert podium.phase() == "waits for 2 nodes"
        podium.nodes.announce(made.node("ghost"))
        until(lambda: podium.ledger.trials("e1"), seconds=10)
