"""The pairs of cells of `aa` and `planted`, and what is told of them."""

from __future__ import annotations

import pytest

from benchmarks import aa, planted
from benchmarks.outcome import WIDTH
from benchmarks.pairs import FULL, Findings, Live, Pair, live, note, resampled, table
from benchmarks.resampling import Calls
from services.core.experiment import Effort, Model
from services.lab import trying
from tests.unit.benchmarks.test_resampling import OTHER, blocks


@pytest.mark.parametrize("pair", [*aa.PAIRS, *planted.PAIRS], ids=lambda pair: pair.name)
def test_every_pair_makes_two_cells(pair: Pair) -> None:
    params = {**pair.params, pair.parameter: list(pair.values)}
    asked = {"workload": pair.workload, "params": params, "models": [pair.model], "concurrency": [pair.concurrency]}
    one, two = trying.plan(asked).cells
    assert (one.variant[pair.parameter], two.variant[pair.parameter]) == pair.values


@pytest.mark.parametrize("pairs", [aa.PAIRS, planted.PAIRS])
def test_every_model_is_in_it_and_there_are_20_live_experiments(pairs: tuple[Pair, ...]) -> None:
    assert {pair.model for pair in pairs} == set(Model)
    assert len(pairs) * FULL.experiments >= 20


@pytest.mark.parametrize("pair", planted.PAIRS, ids=lambda pair: pair.name)
def test_what_is_planted_is_a_tenth(pair: Pair) -> None:
    one, two = map(float, pair.values)
    assert two / one == pytest.approx(1.1)


@pytest.mark.parametrize("pair", aa.PAIRS, ids=lambda pair: pair.name)
def test_the_same_cell_twice_is_the_same_to_one_in_ten_thousand(pair: Pair) -> None:
    one, two = map(float, pair.values)
    assert two - one < 1e-4 * max(one, 1)


def found(pair: Pair, *, called: bool) -> Findings:
    given = tuple(blocks(6, scatter=0.01, slowed=1.25))
    return Findings(
        pair=pair,
        experiments=(Live(slower=OTHER.name if called else None, blocks=given),),
        live=Calls(found=int(called), of=1),
        resampled={Effort.QUICK: Calls(found=5, of=1000), Effort.STANDARD: Calls(found=1000, of=1000)},
    )


def test_findings_add_up_over_pairs() -> None:
    both = [found(aa.PAIRS[0], called=True), found(planted.PAIRS[0], called=False)]
    assert live(both) == Calls(found=1, of=2)
    assert resampled(both, Effort.QUICK) == Calls(found=10, of=2000)
    assert resampled(both, Effort.THOROUGH) == Calls(found=0, of=0)


def test_the_table_fits_a_terminal() -> None:
    shown = str(table([found(pair, called=True) for pair in (*aa.PAIRS, *planted.PAIRS)]))
    assert max(map(len, shown.splitlines())) <= WIDTH
    assert "100.0%" in shown
    assert "–" in shown


def test_the_ratio_is_of_the_second_over_the_first() -> None:
    assert found(aa.PAIRS[0], called=True).ratio.median == pytest.approx(0.8, rel=0.05)
    assert "6 to 6 blocks" in note([found(aa.PAIRS[0], called=True)])
