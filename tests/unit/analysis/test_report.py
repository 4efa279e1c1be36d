"""The report puts every result into its cell and says honestly how long the rest will take."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from services.analysis import report
from services.core.codec import from_json, to_json
from services.core.experiment import Cell, Record, State
from services.core.report import CurrentTrial, Report
from services.core.summary import Warn
from services.core.trial import TrialResult
from tests.unit.analysis.made import PREFORK, SEQUENTIAL, THREADS, environment, plan, record, result
from tests.unit.analysis.references import reference

PLAN = plan(SEQUENTIAL, PREFORK)
RUNNING = record(State.RUNNING)


def took(index: int, elapsed: float, rate: float | None = 100) -> TrialResult:
    planned = PLAN.trials[index]
    return result(rate, cell=planned.cell, index=index, repeat=planned.repeat, elapsed=elapsed)


def built(
    results: list[TrialResult], *, of: Record = RUNNING, now: CurrentTrial | None = None, time: float = 1000
) -> Report:
    return report.build(of, PLAN, results, environment(), now=now, time=time)


def running(index: int) -> CurrentTrial:
    planned = PLAN.trials[index]
    return CurrentTrial(trial=index, cell=planned.cell.name, repeat=planned.repeat, phase="saturate")


def test_results_are_put_into_their_cells_in_the_order_of_the_plan() -> None:
    results = [took(index, 2, rate=100 + index) for index in range(6)]
    random.Random(1).shuffle(results)
    sequential, prefork = built(results).cells
    assert (sequential.name, prefork.name) == ("sequential@1", "prefork@2")
    assert [trial.index for trial in sequential.trials] == [0, 2, 4]
    assert [trial.throughput for trial in prefork.trials] == [101, 103, 105]
    assert prefork.throughput is not None and prefork.throughput.estimate == 103


def test_every_cell_of_the_plan_is_in_the_report_from_the_first_moment() -> None:
    found = built([], of=record(State.QUEUED, started=None))
    assert [cell.name for cell in found.cells] == ["sequential@1", "prefork@2"]
    assert found.verdict.text == "Nothing measured yet."
    assert (found.progress.done, found.progress.total, found.progress.seconds_left) == (0, 6, None)


def test_what_the_record_states_is_passed_on() -> None:
    ended = replace(record(State.FAILED), reason="no trial finished", ended=1010.0)
    found = built([took(0, 2, rate=None)], of=ended)
    assert (found.id, found.state, found.reason) == ("e1", State.FAILED, "no trial finished")
    assert (found.started, found.ended, found.experiment) == (1000, 1010, ended.experiment)
    assert found.environment == environment()
    assert found.verdict.text == "Nothing was measured: the only trial failed."


def test_the_window_of_the_plan_is_what_windows_are_held_against() -> None:
    longer = replace(PLAN, window=2)
    found = report.build(RUNNING, longer, [took(0, 2)], environment(), now=None, time=1000)
    assert [warned.name for warned in found.cells[0].warnings] == [Warn.WINDOW_TOO_SHORT]


def test_few_repeats_are_reported_once_no_more_will_come() -> None:
    results = [took(0, 2), took(1, 2), took(3, 2), took(5, 2)]
    assert built(results).cells[0].warnings == ()
    sequential, prefork = built(results, of=record(State.CANCELLED)).cells
    assert [warned.name for warned in sequential.warnings] == [Warn.FEW_REPEATS]
    assert prefork.warnings == ()


def test_the_verdict_is_so_far_until_the_end() -> None:
    results = [took(index, 2) for index in range(6)]
    assert built(results).verdict.text.startswith("So far: ")
    assert not built(results, of=record(State.FINISHED)).verdict.text.startswith("So far: ")


def test_before_the_first_trial_ended_the_time_left_is_not_known() -> None:
    assert built([], now=running(0), time=1005).progress.seconds_left is None


def test_the_time_left_is_that_of_the_same_cells_before() -> None:
    found = built([took(0, 2), took(1, 10)], time=1012)
    assert found.progress.seconds_left == pytest.approx(2 + 10 + 2 + 10)
    assert (found.progress.done, found.progress.total) == (2, 6)


def test_a_cell_that_was_not_measured_yet_takes_as_long_as_the_others() -> None:
    assert built([took(0, 2)], time=1002).progress.seconds_left == pytest.approx(5 * 2)
    assert built([took(0, 2), took(2, 4)], time=1006).progress.seconds_left == pytest.approx(4 * 3)


def test_the_running_trial_has_less_left_the_longer_it_runs() -> None:
    results = [took(0, 2), took(1, 10)]
    assert built(results, now=running(2), time=1012.5).progress.seconds_left == pytest.approx(24 - 0.5)
    assert built(results, now=running(2), time=1013.5).progress.seconds_left == pytest.approx(24 - 1.5)


def test_reference_loops_to_come_are_in_the_time_left_and_past_ones_are_no_part_of_a_trial() -> None:
    results = [took(0, 2), took(1, 10)]
    loops = tuple(replace(reference(block=block), elapsed=0.6) for block in (0, 1))
    found = report.build(
        record(State.RUNNING), PLAN, results, replace(environment(), references=loops), now=running(2), time=1013.7
    )
    assert found.progress.seconds_left == pytest.approx(24 + 0.6 - 0.5)


def test_a_trial_that_overruns_has_nothing_left_and_the_others_keep_theirs() -> None:
    results = [took(0, 2), took(1, 10)]
    assert built(results, now=running(2), time=2000).progress.seconds_left == pytest.approx(22)


def test_a_clock_that_was_set_back_adds_nothing() -> None:
    assert built([took(0, 2), took(1, 10)], now=running(2), time=900).progress.seconds_left == pytest.approx(24)


@pytest.mark.parametrize("state", [State.FINISHED, State.FAILED, State.CANCELLED])
def test_nothing_is_left_of_what_ended(state: State) -> None:
    assert built([took(0, 2)], of=record(state)).progress.seconds_left == 0


def test_what_is_measured_now_is_passed_on() -> None:
    assert built([], now=running(0)).progress.now == running(0)


def test_a_report_survives_its_way_through_json() -> None:
    found = built([took(0, 2), took(1, 10), took(2, 3, rate=None), took(3, 9)], now=running(4), time=1030)
    assert from_json(Report, to_json(found)) == found


def test_the_same_results_always_give_the_same_report() -> None:
    cells: list[Cell] = [replace(PREFORK, concurrency=slots) for slots in range(1, 6)]
    grid = plan(*cells, repeats=7)
    rates = random.Random(3)
    results = [
        result(rates.gauss(100, 5), cell=trial.cell, index=trial.index, repeat=trial.repeat) for trial in grid.trials
    ]
    first, second = (
        report.build(RUNNING, grid, order, environment(), now=None, time=1000) for order in (results, results[::-1])
    )
    assert first == second


def test_a_result_belongs_to_the_cell_that_it_names_even_if_the_plan_has_another_at_its_index() -> None:
    """A later version may plan in another order: prefork is twice as fast, and stays so."""
    results = [took(index, 2, rate=200 if PLAN.trials[index].cell is PREFORK else 100) for index in range(6)]
    ended = record(State.FINISHED)
    backwards = plan(PREFORK, SEQUENTIAL)
    now_and_then = [
        report.build(ended, planned, results, environment(), now=None, time=1000) for planned in (PLAN, backwards)
    ]
    assert now_and_then[0].verdict.best == now_and_then[1].verdict.best == ("prefork@2",)
    medians = {cell.name: cell.throughput.estimate for cell in now_and_then[1].cells if cell.throughput}
    assert medians == {"prefork@2": 200, "sequential@1": 100}


def test_a_result_whose_cell_is_in_no_plan_is_shown_after_the_others() -> None:
    stray = result(70, cell=THREADS, index=6)
    assert [cell.name for cell in built([took(0, 2), stray]).cells] == ["sequential@1", "prefork@2", "threads@2"]
