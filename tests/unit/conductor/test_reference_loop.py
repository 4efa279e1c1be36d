"""The reference loop of every block, as the conductor has it measured."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.analysis import made
from tests.unit.conductor.podium import Podium


def test_the_reference_of_a_block_is_ordered_before_its_first_trial(podium: Podium) -> None:
    podium.submit()
    podium.nodes.announce(made.node("other"))
    with podium.running():
        (order,) = podium.orders_to("other", 1)
        assert order == "node.reference"
        assert podium.phase() == "reference"


def test_a_reference_that_cannot_be_measured_is_stored_as_missing_and_the_trial_goes_on(podium: Podium) -> None:
    podium.submit()
    podium.nodes.announce(made.node("other"))
    with podium.running():
        podium.orders_to("other", 1)
        podium.nodes.leave("other")
        podium.nodes.announce(replace(made.node("other"), instance="i2"))
        assert podium.orders_to("other", 2) == ["node.reference", "node.prepare"]
    (missing,) = (one for one in podium.ledger.environment("e1").references if one.node == "other")
    assert (missing.block, missing.speedup, missing.missing) == (0, None, "node other is gone")


def test_a_reference_that_is_stored_is_not_measured_by_the_next_conductor(podium: Podium) -> None:
    podium.submit()
    podium.nodes.announce(made.node("ghost"))
    with podium.running():
        assert podium.ordered(1) == ["node.prepare"]
