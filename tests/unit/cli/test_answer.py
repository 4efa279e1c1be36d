"""The answer as text, and the options that pick again."""

from __future__ import annotations

from dataclasses import replace

import click
import pytest
from click.testing import CliRunner

from services.cli.answer import advice, with_objectives
from services.cli.results import result
from services.cli.terminal import WIDTH, text
from services.core.advice import Advice, Objectives, TaskTimeLimits
from services.core.models import Model
from services.core.report import Report
from services.core.summary import CellSummary
from tests.unit.analysis.answer.tasks import advised, measured, steady
from tests.unit.analysis.made import facts
from tests.unit.cli.example import report

CELLS = (
    measured(Model.SEQUENTIAL, 1, steady(46), off=20, cores=0.06, peak=40),
    measured(Model.THREADS, 8, steady(370), off=20, cores=0.4, peak=48),
    measured(Model.PREFORK, 8, steady(370), off=20, cores=0.5, peak=240),
)


def answered(*cells: CellSummary, found: Advice | None = None) -> Report:
    return replace(report(), cells=cells, advice=found or advised(*cells))


def parts(found: Report) -> list[str]:
    return text(*advice(found)).split("\n\n")


def test_the_answer_is_the_last_block_of_a_result() -> None:
    whole = text(*result(answered(*CELLS), more="See the pages."))
    assert whole.split("See the pages.")[1].strip() == text(*advice(answered(*CELLS)))


def test_the_answer_has_a_headline_picks_with_commands_the_reason_ceilings_and_certainty() -> None:
    head, pick, missing, why, ceilings, sure = parts(answered(*CELLS))
    assert head.splitlines()[0] == "Answer"
    assert pick.splitlines()[0] == "among the fastest and best value: threads@8"
    assert "  celery -A proj worker --pool=threads --concurrency=8" in pick.splitlines()
    assert missing.startswith("Nothing to change: prefork@2")
    assert why.splitlines()[1].startswith("  the task's own waiting (threads@8, prefork@8 and sequential@1): ")
    assert ceilings.splitlines()[0] == "Ceilings, from what one task needs"
    assert sure.startswith("How sure: equally fast within 5 %, 3 repeats.")


def test_the_widest_answer_fits_80_columns() -> None:
    gevent = replace(
        measured(Model.GEVENT, 64, steady(400), off=20, cores=0.4, peak=50),
        facts=replace(facts(prefetch=0), shares_backend=True, result_connections=1024),
    )
    assert max(map(len, text(*advice(answered(*CELLS, gevent))).splitlines())) <= WIDTH


def test_what_a_model_lacks_is_listed_once() -> None:
    cells = [measured(Model.THREADS, slots, steady(46 * slots), off=20, peak=40 + slots**2) for slots in (1, 16, 17)]
    lines = text(*advice(answered(*cells))).splitlines()
    assert len([line for line in lines if line.startswith("  You give up: ")]) == 1


def test_every_variant_has_an_answer_of_its_own() -> None:
    cells = [measured(Model.THREADS, 1, steady(limit), off=20, limit=limit) for limit in (10, 20)]
    heads = [part.splitlines()[0] for part in parts(answered(*cells)) if part.startswith("Answer")]
    assert heads == ["Answer for limit 10", "Answer for limit 20"]


def test_time_limits_that_are_not_enforced_are_in_the_answer() -> None:
    found = advised(*CELLS, limits=TaskTimeLimits(hard=5))
    assert "  Not enforced here: the hard time limit of 5.00 s." in text(*advice(answered(*CELLS, found=found)))


def test_a_report_without_advice_has_no_answer() -> None:
    assert text(*advice(report())) == ""


@click.command()
@with_objectives
def show(objectives: Objectives) -> None:
    click.echo(f"{objectives.max_memory} {objectives.p99}")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], "None None"),
        (["--max-memory", "200MiB"], f"{200 * 2**20} None"),
        (["--max-memory", "200"], f"{200 * 2**20} None"),
        (["--max-memory", "1.5 GiB"], f"{3 * 2**29} None"),
        (["--p99", "50ms"], "None 0.05"),
        (["--p99", "50"], "None 0.05"),
        (["--p99", "2s"], "None 2.0"),
    ],
)
def test_objectives_are_sizes_and_times_with_their_units(given: list[str], expected: str) -> None:
    assert CliRunner().invoke(show, given).output.strip() == expected


@pytest.mark.parametrize("given", [["--max-memory", "lots"], ["--p99", "0"], ["--p99", "-5ms"], ["--p99", "5 min"]])
def test_an_objective_that_is_no_amount_is_refused_with_what_is_allowed(given: list[str]) -> None:
    found = CliRunner().invoke(show, given)
    assert found.exit_code == 2
    assert given[0] in found.output
    assert "such as" in found.output
