"""What bare processes do on a node, over all blocks, and the sentence about it."""

from __future__ import annotations

from dataclasses import replace

from services.analysis.cells.bare_speedup import bare_speedups, sentences
from services.core.environment import Environment
from services.core.findings import BareSpeedup
from services.core.reference_loop import Reference
from tests.unit.analysis.references import reference

MISSING = replace(reference(block=9), one=None, several=None, missing="node a is gone")


def found(*references: Reference) -> tuple[BareSpeedup, ...]:
    return bare_speedups(Environment(nodes=(), references=references))


def said(*references: Reference) -> list[str]:
    return list(sentences(found(*references)))


def test_the_speed_up_is_the_median_over_blocks_with_their_range() -> None:
    (one,) = found(*(reference(speedup, block=block) for block, speedup in enumerate((1.92, 1.39, 1.41))))
    assert (one.speedup, one.lowest, one.highest) == (1.41, 1.39, 1.92)
    assert (one.blocks, one.missing, one.reason) == (3, 0, "")


def test_drift_is_that_of_one_process() -> None:
    (one,) = found(reference(2, one=100), reference(1.5, one=112, block=1))
    assert one.drift == 1.12


def test_nodes_are_kept_apart_and_named() -> None:
    assert [one.node for one in found(reference(node="b"), reference(node="a"))] == ["a", "b"]
    assert said(reference(1.5, node="b"), reference(2, node="a")) == [
        "Two bare processes do 2.00 times the work of one on a (reference loop).",
        "Two bare processes do 1.50 times the work of one on b (reference loop).",
    ]


def test_the_sentence_has_the_range_over_blocks() -> None:
    assert said(reference(1.39), reference(1.92, block=1), reference(1.41, block=2)) == [
        "Two bare processes do 1.41 times the work of one here (reference loop, 1.39 to 1.92 over 3 blocks)."
    ]
    assert said(reference(7.5, processes=16))[0].startswith("16 bare processes do 7.50 times")
    assert said(reference(1, processes=1, cores=0.5)) == ["One core is usable here: one bare process is the reference."]


def test_a_reference_that_is_missing_is_reported_with_its_reason() -> None:
    assert said(reference(1.41), MISSING) == [
        "Two bare processes do 1.41 times the work of one here (reference loop). It is missing in 1 of 2 blocks: "
        "node a is gone."
    ]
    assert said(MISSING) == ["The reference loop could not be measured here: node a is gone."]


def test_an_experiment_without_references_reports_nothing() -> None:
    assert said() == []
