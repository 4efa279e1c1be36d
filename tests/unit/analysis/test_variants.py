"""Cells are compared with cells that do the same work under the same load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.analysis.across import verdict
from services.analysis.cells.summary import cell_summary
from services.core.codec import to_data
from services.core.experiment import Cell
from services.core.figures import Latency
from services.core.models import Model
from services.core.report import Verdict
from services.core.summary import CellSummary, Warn, Warned
from tests.unit.analysis.made import environment, result
from tests.unit.analysis.summaries import cell, each, measured
from tests.unit.analysis.used import usage

UNITS = {"argument_bytes": "bytes", "milliseconds": "ms"}
FOUR = (0.99, 1.01, 0.997, 1.003)


def rates(of: Cell, rate: float) -> CellSummary:
    """Four trials with a spread of 2 %, in an order of the cell's own."""
    turned = list(Model).index(of.model) % 3
    return measured(of, [rate * FOUR[(place + turned) % 4] for place in range(4)])


def reached(*cells: CellSummary, units: dict[str, str] = UNITS) -> Verdict:
    return verdict.reach(cells, units, ended=True)


def at(model: Model, rate: float, *, pace: float = 1.0, p99: float = 0.012) -> CellSummary:
    """Three trials at a planned rate."""
    given = {"throughput": rate * pace, "pace": pace, "window": 2.0, "latency": Latency(p50=0.010, p95=0.011, p99=p99)}
    return each(cell(model, 4, rate=rate), [given] * 3)


def test_a_smaller_task_does_not_win_over_a_larger_one() -> None:
    found = reached(
        *(rates(cell(Model.THREADS, 2, limit=limit), rate) for limit, rate in ((2_000, 900), (20_000, 95))),
        *(rates(cell(Model.PREFORK, 2, limit=limit), rate) for limit, rate in ((2_000, 900), (20_000, 180))),
    )
    assert [one.variant for one in found.variants] == [{"limit": 2_000}, {"limit": 20_000}]
    assert [[each.rank for each in one.ranking] for one in found.variants] == [[1, 1], [1, 2]]
    assert found.text == (
        "limit 2,000: threads@2 and prefork@2 are equally fast within 5 %. "
        "limit 20,000: prefork@2 is fastest, 1.89 times threads@2."
    )


def test_a_headline_names_variants_by_the_unit_of_their_parameter() -> None:
    sizes = [rates(cell(Model.THREADS, 2, argument_bytes=size), 100) for size in (0, 2**20)]
    assert reached(*sizes).text == "0 B: threads@2 does 100 tasks/s. 1 MiB: threads@2 does 100 tasks/s."
    short = [rates(cell(Model.THREADS, 2, milliseconds=time), 100) for time in (5, 50)]
    assert "50 ms: threads@2" in reached(*short).text


def test_of_many_variants_the_headline_counts_how_often_each_cell_is_fastest() -> None:
    sizes = range(10, 70, 10)
    found = reached(
        *(rates(cell(Model.THREADS, 2, milliseconds=size), 100) for size in sizes),
        *(rates(cell(Model.PREFORK, 2, milliseconds=size), 200 if size < 30 else 50) for size in sizes),
    )
    assert found.text == (
        "threads@2 is fastest in 4 of 6 variants (30 ms, 40 ms, 50 ms and 60 ms); "
        "prefork@2 is fastest in 2 of 6 variants (10 ms and 20 ms)."
    )


def test_the_headline_counts_the_variants_in_which_no_single_cell_is_fastest() -> None:
    sizes = range(10, 60, 10)
    found = reached(
        *(rates(cell(Model.THREADS, 2, milliseconds=size), 100) for size in sizes),
        *(rates(cell(Model.PREFORK, 2, milliseconds=size), 50 if size < 30 else 100) for size in sizes),
    )
    assert found.text == ("threads@2 is fastest in 2 of 5 variants (10 ms and 20 ms); no single cell is fastest in 3.")


def test_at_planned_rates_the_verdict_names_the_highest_rate_kept_and_its_p99() -> None:
    found = reached(
        *(at(Model.PREFORK, rate, pace=1 if rate < 100 else 0.5) for rate in (10, 40, 100)),
        *(at(Model.THREADS, rate) for rate in (10, 40, 100)),
    )
    assert found.text == (
        "threads@4 keeps up with 100/s (p99 12.0 ms); prefork@4 keeps up with 40/s (p99 12.0 ms), not with 100/s."
    )
    [variant] = found.variants
    assert variant.ranking == () and variant.best == ()
    assert [(one.highest_kept, one.cell, one.lowest_missed) for one in variant.sustained] == [
        (100, "threads@4 at 100/s", None),
        (40, "prefork@4 at 40/s", 100),
    ]


def test_at_planned_rates_no_throughput_is_in_the_json_of_the_verdict() -> None:
    data = to_data(reached(at(Model.THREADS, 10), at(Model.THREADS, 40, pace=0.5)))
    assert "throughput" not in str(data) and "'ratio'" not in str(data)


def test_a_rate_that_every_model_failed_at_has_no_winner() -> None:
    found = reached(*(at(model, 100, pace=0.5) for model in (Model.THREADS, Model.PREFORK)))
    assert found.text == "threads@4 does not keep up with 100/s; prefork@4 does not keep up with 100/s."


def busy(of: Cell, throughputs: Sequence[float], *, others: float) -> CellSummary:
    results = [
        result(rate, cell=of, index=place, repeat=place, window=1, used=usage(others=others))
        for place, rate in enumerate(throughputs)
    ]
    return cell_summary(of, results, window=1, environment=environment(), unfinished=False)


def test_a_validity_warning_about_a_first_rank_cell_begins_the_headline() -> None:
    threads, prefork = cell(Model.THREADS, 2), cell(Model.PREFORK, 2)
    doubtful = reached(busy(threads, [100, 101, 99], others=0), busy(prefork, [200, 203, 201], others=1.2))
    assert doubtful.text.startswith("Not reliable: other programs used 1.2 of the ")
    assert doubtful.text.partition(". ")[2].startswith("prefork@2 is fastest")
    assert [(doubt.name, doubt.cell) for doubt in doubtful.doubts] == [(Warn.HOST_BUSY, "prefork@2")]


def test_the_doubt_that_touches_most_first_rank_cells_comes_first() -> None:
    one, other = (busy(cell(model, 2), [100, 101, 99], others=1.2) for model in (Model.THREADS, Model.PREFORK))
    short = Warned(name=Warn.WINDOW_TOO_SHORT, text="", remedy="", doubt="the window was short")
    found = reached(replace(one, warnings=(short, *one.warnings)), other)
    assert found.text.startswith("Not reliable: other programs used 1.2 of the 2 cores; the window was short. ")


def test_a_warning_about_a_lower_cell_or_about_scatter_is_no_doubt() -> None:
    threads, prefork = cell(Model.THREADS, 2), cell(Model.PREFORK, 2)
    lower = reached(busy(threads, [100, 101, 99], others=1.2), busy(prefork, [200, 203, 201], others=0))
    assert lower.doubts == () and lower.text.startswith("prefork@2")
    scattered = busy(prefork, [200, 300, 250], others=0)
    assert Warn.UNSTABLE in {warned.name for warned in scattered.warnings}
    assert reached(scattered).doubts == ()
