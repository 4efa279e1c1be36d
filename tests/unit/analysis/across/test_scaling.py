"""Speed-ups are ratios of cells that differ in nothing but their slots, or in their model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.analysis.across.scaling import bare_efficiency
from services.analysis.across.scaling import scaling as found_scaling
from services.analysis.cells.bare_speedup import bare_speedups
from services.core.environment import Environment
from services.core.findings import Scaling, Speedup
from services.core.models import Model
from services.core.reference_loop import Reference
from services.core.summary import CellSummary, Interval
from tests.unit.analysis.references import reference
from tests.unit.analysis.summaries import cell, measured
from tests.unit.analysis.used import usage

SEQUENTIAL, THREADS, PREFORK = Model.SEQUENTIAL, Model.THREADS, Model.PREFORK
ONE = measured(cell(SEQUENTIAL), [40, 50, 60])


def scaling(cells: Sequence[CellSummary], *references: Reference) -> tuple[Scaling, ...]:
    return found_scaling(cells, Environment(nodes=(), references=references))


def cells(model: Model, *rates: tuple[int, float]) -> list[CellSummary]:
    """Cells of (concurrency, throughput), three equal trials each."""
    return [measured(cell(model, slots), [rate] * 3) for slots, rate in rates]


def only(found: tuple[Scaling, ...]) -> Scaling:
    assert len(found) == 1
    return found[0]


def exactly(value: float) -> Interval:
    return Interval(estimate=value, low=value, high=value)


def test_speed_ups_are_over_sequential_and_over_the_models_own_single_slot() -> None:
    found = only(scaling([ONE, *cells(PREFORK, (1, 40), (4, 120))]))
    assert found.speedups == (
        Speedup(
            cell="prefork@1",
            concurrency=1,
            over_sequential=Interval(estimate=0.8, low=40 / 60, high=1.0),
            over_one=exactly(1),
            efficiency=exactly(1),
        ),
        Speedup(
            cell="prefork@4",
            concurrency=4,
            over_sequential=Interval(estimate=2.4, low=2.0, high=3.0),
            over_one=exactly(3),
            efficiency=exactly(0.75),
        ),
    )


def test_a_single_slot_is_exactly_as_fast_as_itself_however_it_scatters() -> None:
    found = only(scaling([ONE, measured(cell(PREFORK, 1), [40, 50, 60])]))
    assert (found.speedups[0].over_one, found.speedups[0].efficiency) == (exactly(1), exactly(1))
    assert found.speedups[0].over_sequential != exactly(1)


def test_every_model_has_its_own_and_sequential_is_the_yardstick_only() -> None:
    found = scaling([ONE, *cells(THREADS, (1, 50), (2, 50)), *cells(PREFORK, (1, 50), (2, 90))])
    assert [one.group.model for one in found] == [THREADS, PREFORK]
    assert {one.group.concurrency for one in found} == {None}


def test_without_sequential_there_is_no_ratio_to_it() -> None:
    found = only(scaling(cells(PREFORK, (1, 40), (4, 120))))
    assert [one.over_sequential for one in found.speedups] == [None, None]
    assert found.speedups[1].over_one == exactly(3)


def test_without_a_single_slot_there_is_no_efficiency() -> None:
    found = only(scaling([ONE, *cells(PREFORK, (2, 100), (4, 120))]))
    assert [(one.over_one, one.efficiency) for one in found.speedups] == [(None, None)] * 2


def test_sequential_of_other_replicas_or_other_parameters_is_no_yardstick() -> None:
    yardsticks = [measured(cell(SEQUENTIAL, replicas=2), [100]), measured(cell(SEQUENTIAL, size=2), [200])]
    variants = [measured(cell(PREFORK, 2, size=size), [400]) for size in (1, 2)]
    replicas = measured(cell(PREFORK, 2, replicas=2), [400])
    by_size = scaling([yardsticks[1], *variants])
    assert [(one.group.variant, one.speedups[0].over_sequential) for one in by_size] == [
        ({"size": 2}, Interval(estimate=2, low=None, high=None))
    ]
    by_replicas = only(scaling([yardsticks[0], ONE, replicas]))
    assert by_replicas.speedups[0].over_sequential == Interval(estimate=4, low=None, high=None)


def test_blocks_are_paired_from_six_on() -> None:
    drift = [10.0, 20.0, 40.0, 80.0, 160.0, 320.0]
    slow, fast = measured(cell(PREFORK, 1), drift), measured(cell(PREFORK, 2), [3 * rate for rate in drift])
    assert only(scaling([slow, fast])).speedups[1].over_one == exactly(3)


def test_failed_trials_and_cells_without_a_finished_one_have_no_part() -> None:
    half, none = measured(cell(PREFORK, 2), [None, 100, 100]), measured(cell(PREFORK, 4), [None, None])
    found = only(scaling([*cells(PREFORK, (1, 50)), half, none]))
    assert [one.concurrency for one in found.speedups] == [1, 2]
    assert found.speedups[1].over_one == exactly(2)
    assert found.no_fit_reason == "2 concurrencies were measured: a law needs at least 4."


def test_cells_at_a_planned_rate_have_no_speed_up() -> None:
    assert scaling([ONE, *(measured(cell(PREFORK, slots, rate=10), [10]) for slots in (1, 2))]) == ()


@pytest.mark.parametrize(
    "alone",
    [[], [ONE], cells(PREFORK, (2, 100)), [measured(cell(PREFORK, 2), [None])]],
    ids=["nothing", "sequential", "one cell", "a failed cell"],
)
def test_what_has_nothing_to_be_compared_with_is_left_out(alone: list[CellSummary]) -> None:
    assert scaling(alone) == ()


def test_laws_are_fitted_to_every_trial_of_the_model() -> None:
    found = only(scaling([ONE, *cells(PREFORK, *((n, 100 * n / (1 + 0.25 * (n - 1))) for n in (1, 2, 4, 8)))]))
    assert [fit.law for fit in found.fits] == ["amdahl", "usl"]
    assert found.fits[0].parameters["serial"].estimate == pytest.approx(0.25)
    assert found.no_fit_reason == ""


def busy(*rates: tuple[int, float], cores: float = 1, replicas: int = 1) -> list[CellSummary]:
    """Cells whose workers use so many cores; node a, three blocks."""
    used = usage(user=cores)
    return [measured(cell(PREFORK, slots, replicas=replicas), [rate] * 3, used=used) for slots, rate in rates]


def blocks(*speedups: float, **given: Any) -> list[Reference]:
    return [reference(speedup, block=block, **given) for block, speedup in enumerate(speedups)]


def about(median: float, low: float | None, high: float | None) -> Any:
    """An interval, but for rounding."""
    bounds = {"low": low, "high": high}
    return Interval(
        estimate=pytest.approx(median),  # type: ignore[arg-type]
        **{name: None if bound is None else pytest.approx(bound) for name, bound in bounds.items()},  # type: ignore[arg-type]
    )


def of_bare(found: tuple[Scaling, ...]) -> list[Interval | None]:
    return [one.of_bare for one in only(found).speedups]


def test_efficiency_against_bare_processes_is_the_speed_up_over_theirs_in_the_same_block() -> None:
    found = scaling(busy((1, 50), (2, 70), (4, 140)), *blocks(1.25, 1.4, 1.75))
    one, two, four = of_bare(found)
    assert one is None
    assert two == about(1, 0.8, 1.12)
    assert four == about(2, 1.6, 2.24)


def test_bare_processes_have_an_efficiency_in_one_slot_and_where_all_of_them_run() -> None:
    cells, references = busy((1, 50), (2, 70), (4, 140)), blocks(1.4, 1.4, 1.4)
    bare = bare_speedups(Environment(nodes=(), references=tuple(references)))
    found = bare_efficiency(cells, scaling(cells, *references), bare)
    assert [(one.slots, one.efficiency) for one in found] == [(1, 1), (2, pytest.approx(0.7)), (4, pytest.approx(0.35))]
    assert bare_efficiency(cells, scaling(cells), bare) == ()


def test_fewer_slots_than_cores_are_not_held_against_bare_processes() -> None:
    found = scaling(busy((1, 50), (2, 70), (4, 140)), *blocks(2, 2, 2, cores=4, processes=4))
    assert of_bare(found) == [None, None, exactly(1.4)]


def test_blocks_without_a_reference_are_left_out() -> None:
    missing = replace(reference(), one=None, several=None, missing="node a is gone")
    found = scaling(busy((1, 50), (2, 70)), reference(1.4, block=2), missing)
    assert of_bare(found)[1] == about(1, None, None)
    assert of_bare(scaling(busy((1, 50), (2, 70)), missing)) == [None, None]
    assert of_bare(scaling(busy((1, 50), (2, 70)), *blocks(1.4, node="another"))) == [None, None]


def test_bare_processes_are_no_baseline_where_a_slot_waits_or_nodes_are_several() -> None:
    assert of_bare(scaling(busy((1, 50), (2, 100), cores=0.7), *blocks(2, 2, 2))) == [None, None]
    assert of_bare(scaling(busy((1, 50), (2, 100), replicas=2), *blocks(2, 2, 2))) == [None, None]


def test_a_slot_that_waits_for_a_core_is_limited_by_the_processor() -> None:
    waits = [
        replace(one, breakdown=replace(one.breakdown, core_wait=0.004)) if one.breakdown else one
        for one in busy((1, 50), (2, 70), cores=0.7)
    ]
    assert of_bare(scaling(waits, *blocks(1.4, 1.4, 1.4)))[1] == about(1, 1, 1)
