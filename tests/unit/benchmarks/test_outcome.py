"""Tables, bounds and exit codes of the benchmarks."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from benchmarks import __main__ as every
from benchmarks.outcome import WIDTH, BenchmarkResult, Bound, TextTable, as_text, bounded, command
from services.core.summary import Interval

RATIO = Interval(estimate=0.98412, low=0.97, high=0.9912)


def outcome(*, holds: bool) -> BenchmarkResult:
    return BenchmarkResult(
        tables=(TextTable(headings=("model", "ratio"), rows=(("threads", "1.0"), ("all", "10.25"))),),
        bounds=(Bound(claim="a claim that goes on " * 6, found="0.98", holds=holds),),
        figures={"threads": {"ratio": RATIO}},
        notes=("a note that goes on " * 10,),
    )


def test_the_first_column_is_flush_left_and_the_others_right() -> None:
    assert str(outcome(holds=True).tables[0]).splitlines() == ["model    ratio", "threads    1.0", "all      10.25"]


def test_a_terminal_of_80_columns_is_enough() -> None:
    assert max(map(len, as_text(outcome(holds=False)).splitlines())) <= WIDTH


def test_a_bound_that_fails_states_which() -> None:
    assert "DOES NOT HOLD: a claim" in as_text(outcome(holds=False))
    assert "DOES NOT HOLD" not in as_text(outcome(holds=True))


def test_an_interval_without_bounds_is_its_median() -> None:
    assert bounded(RATIO) == "0.984 (0.970 to 0.991)"
    assert bounded(Interval(estimate=2.0, low=None, high=None), 1) == "2.0"


@pytest.mark.parametrize(("holds", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_reports_whether_all_bounds_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], holds: bool, code: int
) -> None:
    file = tmp_path / "new" / "figures.json"
    monkeypatch.setattr("sys.argv", ["it", "--json", str(file), "--quick"])
    asked = []

    def measure(quick: bool) -> BenchmarkResult:
        asked.append(quick)
        return outcome(holds=holds)

    with pytest.raises(SystemExit) as ended:
        command("it", "What it is.\n\nAnd more.", measure)
    assert ended.value.code == code
    assert asked == [True]
    written = json.loads(file.read_text())
    assert written["figures"]["threads"]["ratio"] == {"estimate": 0.98412, "low": 0.97, "high": 0.9912}
    assert written["holds"] is holds
    assert written["machine"]["fingerprint"]["cores"] >= 1
    assert "And more" not in capsys.readouterr().out


@pytest.mark.parametrize("name", every.NAMES)
def test_every_benchmark_states_what_it_is_and_can_be_run(name: str) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    assert module.__doc__
    assert callable(module.measure)
