"""A report as text."""

from __future__ import annotations

import pytest

from services.cli.results import more, result
from services.cli.terminal import WIDTH, text
from services.core.experiment import State
from services.core.findings import Findings, Group, Payload, Scaling, Speedup
from services.core.models import Model
from services.core.report import Doubt, Report
from services.core.summary import Warn
from tests.unit.cli.example import cell, report, unmeasured, warned

THREADS = cell(Model.THREADS, 1)


def parts(found: Report) -> list[str]:
    """The blocks of its text."""
    return text(*result(found, more="See the pages.")).split("\n\n")


def test_a_report_has_request_cells_verdict_nodes_and_where_to_look_further() -> None:
    head, cells, verdict, nodes, further = parts(report(unmeasured(Model.THREADS, 1)))
    assert head.startswith("primes(limit=20000) · quick")
    assert cells.splitlines()[-1].startswith("threads@1")
    assert verdict == report().verdict.text
    assert nodes.startswith("Measured on node-1: ")
    assert further == "See the pages."


def test_a_star_is_explained_where_there_is_one() -> None:
    starred, plain = report(THREADS, best=("threads@1",)), report(THREADS)
    explained = [any(part.startswith("* The fastest cell") for part in parts(one)) for one in (starred, plain)]
    assert explained == [True, False]


def test_the_widest_result_fits_80_columns() -> None:
    every = tuple(warned(name, "It was so, and this text says at length how it was. " * 2) for name in Warn)
    widest = [
        cell(Model.SEQUENTIAL, 1, replicas=16, rate=9_876.0, warnings=every),
        cell(Model.PREFORK, 64, replicas=16, rate=9_876.0, warnings=every),
    ]
    found = report(*widest, best=tuple(one.name for one in widest))
    assert max(map(len, "\n".join(parts(found)).splitlines())) <= WIDTH


def test_a_warning_is_explained_once_with_its_remedy_and_the_first_of_its_cells() -> None:
    cells = [cell(Model.THREADS, count, warnings=(warned(Warn.UNSTABLE, f"By {count} %."),)) for count in range(1, 6)]
    (note,) = [part for part in parts(report(*cells)) if part.startswith("[1]")]
    assert note.splitlines() == [
        f"[1]   {Warn.UNSTABLE}: {warned(Warn.UNSTABLE).remedy}",
        *(f"      threads@{count}: By {count} %." for count in (1, 2, 3)),
        "      and threads@4, threads@5",
    ]


@pytest.mark.parametrize("state", [State.RUNNING, State.FAILED, State.CANCELLED])
def test_an_experiment_that_did_not_finish_has_its_state_and_reason_before_its_cells(state: State) -> None:
    found = parts(report(THREADS, state=state, reason="no trial finished"))[1]
    assert found == f"{state}: no trial finished (3 of 9 trials)"


def test_of_a_finished_experiment_only_a_doubt_is_shown_as_its_state() -> None:
    doubt = Doubt(name=Warn.HOST_BUSY, cell="threads@1", text="other programs used 1.2 of the 2 cores")
    assert parts(report(THREADS, doubts=(doubt,)))[1].startswith("finished, doubtful")
    assert not any(part.startswith("finished") for part in parts(report(THREADS)))


def test_a_finished_experiment_has_the_reason_for_no_more_repeats_after_the_verdict() -> None:
    found = parts(report(THREADS, reason="every interval is within 5 %"))
    assert found[found.index(report().verdict.text) + 1] == "Every interval is within 5 %."


def test_findings_are_the_tables_and_notes_of_the_figures_after_the_verdict() -> None:
    group = Group(model=Model.THREADS, replicas=1, concurrency=None, variant={})
    speedup = Speedup(cell="threads@1", concurrency=1, over_sequential=None, over_one=None, efficiency=None)
    found = Findings(
        scaling=(Scaling(group=group, speedups=(speedup,), fits=(), no_fit_reason=""),),
        payload=(Payload(group=group, parameter="size_bytes", channels=(), no_fit_reason="it takes three sizes"),),
    )
    titles = [part.splitlines() for part in parts(report(THREADS, findings=found))]
    verdict = titles.index([report().verdict.text])
    assert titles[verdict + 1][0] == "Speed-up"
    assert titles[verdict + 2] == ["Carrying bytes", "  threads size: it takes three sizes"]


def test_without_pages_it_names_the_command_that_starts_them() -> None:
    assert "http://here/experiments/1a2b" in text(more("http://here", "1a2b"))
    assert "lab up" in text(more(None, "1a2b"))
