from __future__ import annotations

from dataclasses import replace

import pytest

from services.analysis.across import comparison
from services.analysis.across.comparison import StoredExperiment
from services.analysis.cells import intervals
from services.core.comparison import Call, Choice, ComparedValue, Comparison, Measure, Trait
from services.core.environment import Environment
from services.core.errors import NotFound
from services.core.experiment import Cell, Experiment, State
from services.core.figures import Footprint
from services.core.models import Model
from tests.unit.analysis.made import MB, PREFORK, THREADS, environment, record, result

STEADY = (100, 101, 99, 100)
TWICE = (200, 202, 198, 201)


def asked(id: str) -> Experiment:
    return replace(record(State.FINISHED).experiment, id=id)


def kept(
    id: str, *measured: tuple[Cell, tuple[float | None, ...]], environment: Environment | None = None
) -> StoredExperiment:
    """Cells of an experiment with a trial for each throughput, failed where it is None."""
    return StoredExperiment(
        experiment=asked(id),
        cells=tuple(cell for cell, _ in measured),
        results=tuple(
            result(rate, cell=cell, repeat=repeat) for cell, rates in measured for repeat, rate in enumerate(rates)
        ),
        environment=environment or Environment(nodes=()),
    )


def compared(*found: StoredExperiment) -> Comparison:
    """The first cell of each."""
    chosen = [Choice(experiment=one.experiment.id, cell=one.cells[0].name) for one in found]
    return comparison.compare(chosen, {one.experiment.id: one for one in found})


def second(of: Comparison, measure: Measure) -> ComparedValue:
    return next(one for one in of.measures if one.measure is measure).subjects[1]


def trait(of: Comparison, name: str) -> Trait:
    return next(one for one in of.traits if one.name == name)


def test_the_first_cell_is_what_the_others_are_compared_with() -> None:
    found = compared(kept("a", (THREADS, STEADY)), kept("b", (THREADS, TWICE)))
    first = found.measures[0].subjects[0]
    assert first.value == intervals.median(STEADY)
    assert first.ratio is None and first.call is None
    ratio = second(found, Measure.THROUGHPUT).ratio
    assert ratio is not None and ratio.estimate == pytest.approx(2.005)


@pytest.mark.parametrize(
    ("measure", "call"),
    [
        (Measure.THROUGHPUT, Call.FASTER),
        (Measure.P50, Call.FASTER),
        (Measure.P95, Call.FASTER),
        (Measure.P99, Call.FASTER),
        (Measure.HANDOVER, Call.FASTER),
    ],
)
def test_more_tasks_and_less_time_are_faster(measure: Measure, call: Call) -> None:
    slow, fast = kept("a", (THREADS, STEADY)), kept("b", (THREADS, TWICE))
    assert second(compared(slow, fast), measure).call is call
    assert second(compared(fast, slow), measure).call is Call.SLOWER


def test_memory_is_more_or_less() -> None:
    small = kept("a", (THREADS, STEADY))
    large = replace(
        small,
        experiment=asked("b"),
        results=tuple(
            result(rate, cell=THREADS, repeat=repeat, pss=Footprint(idle=0, peak=40 * MB))
            for repeat, rate in enumerate(STEADY)
        ),
    )
    assert second(compared(small, large), Measure.PEAK_PSS).call is Call.MORE
    assert second(compared(large, small), Measure.PEAK_PSS).call is Call.LESS


def test_an_interval_around_one_is_too_close_to_call() -> None:
    found = compared(kept("a", (THREADS, STEADY)), kept("b", (THREADS, (101, 98, 102, 100))))
    assert second(found, Measure.THROUGHPUT).call is Call.TOO_CLOSE


def test_one_repeat_shows_nothing() -> None:
    found = second(compared(kept("a", (THREADS, STEADY)), kept("b", (THREADS, (200,)))), Measure.THROUGHPUT)
    assert found.ratio is not None and found.ratio.low is None
    assert found.call is Call.UNKNOWN


def test_a_cell_without_a_finished_trial_has_no_figure() -> None:
    found = compared(kept("a", (THREADS, STEADY)), kept("b", (THREADS, (None, None))))
    assert second(found, Measure.THROUGHPUT) == ComparedValue(value=None, ratio=None, call=None)
    assert found.subjects[1].finished == 0 and found.subjects[1].facts is None


def test_nothing_is_divided_by_a_figure_of_zero() -> None:
    nothing = kept("a", (THREADS, STEADY))
    nothing = replace(
        nothing,
        results=tuple(result(rate, cell=THREADS, repeat=repeat, handover=0.0) for repeat, rate in enumerate(STEADY)),
    )
    found = second(compared(nothing, kept("b", (THREADS, STEADY))), Measure.HANDOVER)
    assert found.value is not None and found.ratio is None and found.call is None


DRIFTING = (100, 120, 140, 160, 180, 200, 220, 240)
A_LITTLE_MORE = tuple(rate * 1.02 for rate in DRIFTING)


def test_cells_of_one_experiment_are_compared_repeat_by_repeat() -> None:
    one = kept("a", (THREADS, DRIFTING), (PREFORK, A_LITTLE_MORE))
    chosen = [Choice(experiment="a", cell=THREADS.name), Choice(experiment="a", cell=PREFORK.name)]
    found = comparison.compare(chosen, {"a": one})
    assert second(found, Measure.THROUGHPUT).call is Call.FASTER


def test_repeats_of_two_experiments_are_no_pairs() -> None:
    found = compared(kept("a", (THREADS, DRIFTING)), kept("b", (THREADS, A_LITTLE_MORE)))
    assert second(found, Measure.THROUGHPUT).call is Call.TOO_CLOSE


def test_a_cell_that_the_experiment_does_not_have_is_not_found() -> None:
    with pytest.raises(NotFound, match="experiment a has no cell threads@64"):
        comparison.compare([Choice(experiment="a", cell="threads@64")], {"a": kept("a", (THREADS, STEADY))})


def test_what_differs_is_marked() -> None:
    other = replace(THREADS, concurrency=4, params={"limit": 10})
    found = compared(kept("a", (THREADS, STEADY)), kept("b", (other, STEADY)))
    assert trait(found, "concurrency").differs and trait(found, "limit").differs
    assert trait(found, "limit").values == ((9,), (10,))
    assert not trait(found, "model").differs and not trait(found, "python").differs


def test_a_parameter_that_one_workload_does_not_have_is_left_blank() -> None:
    other = replace(THREADS, workload="wait", params={"milliseconds": 5})
    found = compared(kept("a", (THREADS, STEADY)), kept("b", (other, STEADY)))
    assert trait(found, "limit").values == ((9,), ())
    assert trait(found, "workload").differs


def test_planned_rates_are_reported_once_there_are_any() -> None:
    full, planned = kept("a", (THREADS, STEADY)), kept("b", (replace(THREADS, rate=50.0), STEADY))
    assert trait(compared(full, planned), "rate").values == ((None,), (50.0,))
    assert "rate" not in [one.name for one in compared(full, full).traits]


def test_only_the_nodes_that_measured_the_cell_count() -> None:
    here = environment()
    elsewhere = replace(here.nodes[0], name="z", fingerprint=replace(here.nodes[0].fingerprint, python="3.99"))
    both = Environment(nodes=(*here.nodes, elsewhere))
    found = compared(kept("a", (THREADS, STEADY), environment=here), kept("b", (THREADS, STEADY), environment=both))
    assert not trait(found, "python").differs
    moved = kept("c", (THREADS, STEADY), environment=both)
    moved = replace(moved, results=tuple(replace(one, nodes=("a", "z")) for one in moved.results))
    found = compared(kept("a", (THREADS, STEADY), environment=here), moved)
    assert [len(values) for values in trait(found, "python").values] == [1, 2]
    assert trait(found, "python").differs and trait(found, "node").differs


def test_only_cells_with_figures_are_offered() -> None:
    offer = comparison.offer(kept("a", (THREADS, STEADY), (PREFORK, (None,))))
    assert [(one.choice.cell, one.throughput) for one in offer.cells] == [("threads@2", 100)]
    assert offer.experiment.id == "a"


def test_each_model_has_a_word_of_its_own_in_the_traits() -> None:
    found = compared(kept("a", (THREADS, STEADY)), kept("b", (PREFORK, STEADY)))
    assert trait(found, "model").values == ((Model.THREADS,), (Model.PREFORK,))
