"""Warnings about what the cores were worth: provoked, and just not provoked."""

from __future__ import annotations

from dataclasses import replace

from services.core.environment import Environment
from services.core.experiment import Cell
from services.core.reference_loop import Reference
from services.core.summary import Warn
from tests.unit.analysis.made import PREFORK, node
from tests.unit.analysis.references import reference
from tests.unit.analysis.warned import due, used

ONE_SLOT = replace(PREFORK, concurrency=1)


def texts(*references: Reference, cores: float = 1.5, cell: Cell = PREFORK) -> dict[Warn, str]:
    """What is said about a cell of node a whose workers used so many cores."""
    nodes = Environment(nodes=(node(),), references=references)
    return {warn: one.text for warn, one in due(used(user=2 * cores), nodes=nodes, cell=cell).items()}


def test_cores_are_not_whole_below_85_percent_at_the_median_over_blocks() -> None:
    assert texts(reference(1.71)) == {}
    assert texts(reference(1.4), reference(1.8, block=1), reference(1.9, block=2)) == {}
    assert texts(reference(1.4), reference(1.41, block=1), reference(1.9, block=2)) == {
        Warn.CORES_NOT_WHOLE: "2 bare processes do 1.41 times the work of one on a (median of 3 blocks), with 2 "
        "usable cores."
    }


def test_a_quota_is_what_the_cores_are_held_against() -> None:
    assert texts(reference(1.4, cores=1.5)) == {}
    assert list(texts(reference(1.2, cores=1.5))) == [Warn.CORES_NOT_WHOLE]
    assert texts(reference(1, cores=0.5, processes=1)) == {}


def test_a_cell_that_needs_one_core_is_not_warned_of_the_others() -> None:
    assert texts(reference(1), cell=ONE_SLOT) == {}
    assert texts(reference(1), cores=1.1) == {}


def test_a_cell_that_waits_for_cores_that_others_use_needs_them_all_the_same() -> None:
    waits = [
        replace(one, figures=replace(one.figures, breakdown=replace(one.figures.breakdown, core_wait=0.003)))
        for one in used(user=1.8)
        if one.figures is not None
    ]
    nodes = Environment(nodes=(node(),), references=(reference(1.1),))
    assert Warn.CORES_NOT_WHOLE in due(waits, nodes=nodes)
    assert Warn.CORES_NOT_WHOLE not in due(used(user=1.8), nodes=nodes)


def test_the_reference_of_a_node_that_did_not_take_part_is_no_matter() -> None:
    assert texts(reference(1, node="another")) == {}


def test_a_missing_reference_is_no_warning() -> None:
    assert texts(replace(reference(), one=None, several=None, missing="node a is gone")) == {}


def test_the_clock_rate_drifts_beyond_15_percent_between_blocks() -> None:
    assert texts(reference(one=100), reference(one=115, block=1)) == {}
    assert texts(reference(one=116), reference(one=100, block=1), cell=ONE_SLOT) == {
        Warn.CLOCK_RATE_DRIFTS: "The reference loop in one process ran 1.16 times as fast in one block as in another "
        "on a."
    }


def test_a_cell_that_waits_is_not_warned_of_the_clock_rate() -> None:
    assert texts(reference(one=120), reference(one=100, block=1), cores=0.4) == {}


def test_both_warnings_concern_scaling_and_figures_and_do_not_put_the_ranking_in_doubt() -> None:
    nodes = Environment(nodes=(node(),), references=(reference(1, one=100), reference(1, one=200, block=1)))
    found = due(used(user=3), nodes=nodes)
    assert list(found) == [Warn.CORES_NOT_WHOLE, Warn.CLOCK_RATE_DRIFTS]
