"""A report as text."""

from __future__ import annotations

import pytest

from services.cli.results import result, table
from services.core.experiment import Model, State
from services.core.findings import Findings, Group, Scaling, Speedup
from services.core.report import Doubt
from services.core.summary import Warn
from tests.unit.cli.example import cell, report, unmeasured, warned


def line_of(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(name))


def test_a_cell_is_one_line_with_its_figures_in_units_for_people() -> None:
    text = table([cell(Model.THREADS, 2, rate=123.4)], best=[], notes={})
    assert line_of(text, "threads@2").split() == [
        "threads@2",
        "123",
        "121–126",
        "8.10",
        "ms",
        "45.0",
        "MiB",
        "310",
        "µs",
    ]


def test_a_cell_without_a_finished_trial_has_dashes() -> None:
    text = table([unmeasured(Model.GEVENT, 4)], best=[], notes={})
    assert line_of(text, "gevent@4").split() == ["gevent@4", *"–––––"]


def test_the_fastest_cells_carry_a_star() -> None:
    text = table([cell(Model.THREADS, 1), cell(Model.PREFORK, 2)], best=["prefork@2"], notes={})
    assert "prefork@2 *" in text
    assert "threads@1 *" not in text


def test_the_widest_result_fits_80_columns() -> None:
    every = tuple(warned(name, "It was so, and this text says at length how it was. " * 2) for name in Warn)
    widest = [
        cell(Model.SEQUENTIAL, 1, replicas=16, rate=9_876.0, warnings=every),
        cell(Model.PREFORK, 64, replicas=16, rate=9_876.0, warnings=every),
    ]
    text = result(report(*widest, best=tuple(one.name for one in widest)), more="See elsewhere. " * 12)
    assert max(len(line) for line in text.splitlines()) <= 80


def test_it_says_what_was_asked_what_follows_where_it_was_measured_and_where_to_look_further() -> None:
    text = result(report(cell(Model.THREADS, 1)), more="See the pages.")
    parts = text.split("\n\n")
    assert parts[0] == "primes(limit=20000) · quick, 3 repeats · experiment 1a2b3c4d"
    assert parts[2] == "This is what follows, in one plain sentence."
    assert parts[3].startswith("Measured on node-1: A Processor") and "CPython 3.14.0, Celery 5.7.0" in parts[3]
    assert parts[4] == "See the pages."


def test_a_warning_is_marked_at_its_cells_and_explained_once_with_its_remedy() -> None:
    text = result(
        report(
            cell(Model.THREADS, 1, warnings=(warned(Warn.HOST_BUSY, "0.5 cores."),)),
            cell(Model.THREADS, 2),
            cell(Model.PREFORK, 2, warnings=(warned(Warn.UNSTABLE), warned(Warn.HOST_BUSY, "0.7 cores."))),
        ),
        more="",
    )
    assert line_of(text, "threads@1").endswith("[1]")
    assert line_of(text, "threads@2").endswith("µs")
    assert line_of(text, "prefork@2").endswith("[1,2]")
    assert text.count("Do something about: host busy.") == 1
    assert "[1]  host busy: Do something" in text and "[2]  unstable trial: Do something" in text
    assert "     threads@1: 0.5 cores.\n     prefork@2: 0.7 cores.\n" in text


def test_of_many_cells_with_one_warning_the_first_are_explained_and_the_rest_are_named() -> None:
    cells = [cell(Model.THREADS, count, warnings=(warned(Warn.UNSTABLE, f"By {count}%."),)) for count in range(1, 6)]
    text = result(report(*cells), more="")
    assert "threads@3: By 3%." in text
    assert "By 4%." not in text
    assert "     and threads@4, threads@5\n" in text


def test_of_many_warnings_of_one_cell_the_first_are_marked() -> None:
    marked = cell(Model.THREADS, 1, warnings=tuple(warned(name) for name in list(Warn)[:5]))
    assert line_of(result(report(marked), more=""), "threads@1").endswith("[1,2,…]")


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (State.RUNNING, "", "running (3 of 9 trials)"),
        (State.FAILED, "no trial finished", "failed: no trial finished (3 of 9 trials)"),
        (State.CANCELLED, "cancelled on request", "cancelled: cancelled on request (3 of 9 trials)"),
    ],
)
def test_an_experiment_that_did_not_finish_says_so_before_its_figures(state: State, reason: str, said: str) -> None:
    text = result(report(cell(Model.THREADS, 1), state=state, reason=reason), more="")
    assert text.split("\n\n")[1] == said


def test_a_finished_experiment_does_not_mention_its_state() -> None:
    assert "finished" not in result(report(cell(Model.THREADS, 1)), more="")


def test_a_finished_experiment_whose_verdict_is_in_doubt_says_so_before_its_figures() -> None:
    doubt = Doubt(name=Warn.HOST_BUSY, cell="threads@1", text="other programs used 1.2 of the 2 cores")
    text = result(report(cell(Model.THREADS, 1), doubts=(doubt,)), more="")
    assert text.split("\n\n")[1] == "finished, doubtful (3 of 9 trials)"


def test_a_finished_experiment_says_why_no_repeat_was_added_after_what_follows() -> None:
    text = result(report(cell(Model.THREADS, 1), reason="every throughput interval is within 5%"), more="")
    parts = text.split("\n\n")
    assert parts[2:4] == ["This is what follows, in one plain sentence.", "Every throughput interval is within 5%."]


def test_what_follows_from_several_cells_comes_after_the_verdict() -> None:
    group = Group(model=Model.THREADS, replicas=1, concurrency=None, variant={})
    speedup = Speedup(cell="threads@2", concurrency=2, over_sequential=None, over_one=None, efficiency=None)
    found = Findings(scaling=(Scaling(group=group, speedups=(speedup,), fits=(), refused="too few of them"),))
    parts = result(report(cell(Model.THREADS, 1), findings=found), more="").split("\n\n")
    assert parts[3].startswith("speed-up ")
    assert parts[4].startswith("Measured on ")
