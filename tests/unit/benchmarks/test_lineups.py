"""The line-ups of `aa`, `planted` and `grid`, and what is reported of them."""

from __future__ import annotations

import pytest

from benchmarks import aa, grid, planted
from benchmarks.lineups import (
    PAIRS_FULL,
    CallRates,
    LineUp,
    Runs,
    at_least,
    at_most,
    findings,
    live,
    note,
    resampled,
    table,
    with_experiments,
)
from benchmarks.outcome import WIDTH
from benchmarks.resampling import Calls
from services.core.experiment import Effort
from services.core.models import Model
from services.lab import precheck
from tests.unit.benchmarks.test_resampling import blocks


def test_every_value_of_a_line_up_makes_a_cell() -> None:
    for lineup in (*aa.PAIRS, *planted.PAIRS, *grid.GRIDS):
        asked = {
            "workload": lineup.workload,
            "params": {**lineup.params, lineup.parameter: list(lineup.values)},
            "models": [lineup.model],
            "concurrency": [lineup.concurrency],
        }
        cells = precheck.plan(asked).cells
        assert tuple(cell.variant[lineup.parameter] for cell in cells) == lineup.values


def test_every_model_is_in_every_benchmark() -> None:
    for lineups in (aa.PAIRS, planted.PAIRS, grid.GRIDS):
        assert {lineup.model for lineup in lineups} == set(Model)


def test_there_are_enough_live_experiments() -> None:
    assert len(aa.PAIRS) * PAIRS_FULL.experiments >= 20
    assert len(planted.PAIRS) * PAIRS_FULL.experiments >= 20
    assert len(grid.GRIDS) * grid.FULL.experiments >= 10


def test_a_named_number_of_live_experiments_replaces_the_usual_one() -> None:
    assert with_experiments(PAIRS_FULL, None) == PAIRS_FULL
    assert with_experiments(PAIRS_FULL, 7).experiments == 7


def test_live_experiments_contradict_a_bound_that_lies_outside_their_interval() -> None:
    few, many = Calls(found=1, of=20), Calls(found=19, of=20)
    assert [at_most(0.05, few).holds, at_most(0.05, many).holds] == [True, False]
    assert [at_least(0.9, few).holds, at_least(0.9, many).holds] == [False, True]


def test_what_is_planted_is_a_tenth() -> None:
    for lineup in planted.PAIRS:
        one, two = map(float, lineup.values)
        assert two / one == pytest.approx(1.1)


def test_equal_cells_are_equal_to_two_in_ten_thousand() -> None:
    for lineup in (*aa.PAIRS, *grid.GRIDS):
        equal = [float(value) for value in lineup.values[: lineup.equal]]
        assert max(equal) - min(equal) < 2e-4 * max(*equal, 1)


def found(lineup: LineUp, *, called: bool) -> CallRates:
    return CallRates(
        runs=Runs(lineup=lineup, experiments=(tuple(blocks(6, scatter=0.01, slowed=1.25)),)),
        live=Calls(found=int(called), of=1),
        resampled={Effort.QUICK: Calls(found=5, of=1000), Effort.STANDARD: Calls(found=1000, of=1000)},
    )


def test_findings_add_up_over_line_ups() -> None:
    both = [found(aa.PAIRS[0], called=True), found(planted.PAIRS[0], called=False)]
    assert live(both) == Calls(found=1, of=2)
    assert resampled(both, Effort.QUICK) == Calls(found=10, of=2000)
    assert resampled(both, Effort.THOROUGH) == Calls(found=0, of=0)


def test_the_table_fits_a_terminal() -> None:
    for lineups, title in ((aa.PAIRS, "pair"), (planted.PAIRS, "pair"), (grid.GRIDS, "1 of 8 slowed")):
        shown = str(table([found(lineup, called=True) for lineup in lineups], title))
        assert max(map(len, shown.splitlines())) <= WIDTH
        assert "100.0%" in shown
        assert "–" in shown


def test_the_ratio_is_that_of_the_last_cell_over_the_first() -> None:
    assert found(aa.PAIRS[0], called=True).ratio.estimate == pytest.approx(0.8, rel=0.05)
    assert "6 to 6 blocks" in note([found(aa.PAIRS[0], called=True)])


def test_a_live_experiment_is_judged_by_the_question_that_its_cells_put() -> None:
    given = Runs(lineup=planted.PAIRS[0], experiments=(tuple(blocks(6, scatter=0.001, slowed=1.25)),))
    assert findings(given, 1).live == Calls(found=1, of=1)
    turned = Runs(lineup=planted.PAIRS[0], experiments=(tuple(blocks(6, scatter=0.001, slowed=0.8)),))
    assert findings(turned, 1).live == Calls(found=0, of=1)


def test_a_part_of_a_line_up_keeps_what_is_equal_and_what_is_not() -> None:
    runs = Runs(lineup=grid.GRIDS[0], experiments=())
    assert (runs.part(0, 8).lineup.equal, len(runs.part(0, 8).lineup.values)) == (8, 8)
    assert (runs.part(1, 9).lineup.equal, len(runs.part(1, 9).lineup.values)) == (7, 8)
