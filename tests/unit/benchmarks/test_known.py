"""The known-answer suite judges what was measured."""

from __future__ import annotations

import pytest

from benchmarks.known import CaseResult, outcome
from benchmarks.outcome import WIDTH, as_text
from services.core.summary import Interval


def answer(measured: float, expected: float = 2.0) -> CaseResult:
    return CaseResult(
        workload="file_write_read",
        cell="sequential@1",
        unit="/s",
        expected=expected,
        measured=Interval(estimate=measured, low=measured - 0.1, high=measured + 0.1),
        tolerance=0.15,
    )


@pytest.mark.parametrize(("measured", "holds"), [(1.71, True), (1.69, False), (2.29, True), (2.31, False)])
def test_an_answer_holds_within_its_tolerance(measured: float, holds: bool) -> None:
    assert answer(measured).holds is holds


def test_one_wrong_answer_fails_the_suite() -> None:
    assert outcome([answer(2.0)] * 16).holds
    assert not outcome([*[answer(2.0)] * 16, answer(1.0)]).holds


def test_fewer_than_16_answers_are_no_suite() -> None:
    assert not outcome([answer(2.0)] * 15).holds


def test_the_table_fits_a_terminal() -> None:
    assert max(map(len, as_text(outcome([answer(12.34, 10.0)])).splitlines())) <= WIDTH
