"""Trials of a benchmark are kept as they end, and can be judged again."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from benchmarks import trials
from benchmarks.lab_harness import EndedExperiment, OwnLab
from services.core.environment import Environment
from services.core.experiment import Effort, State
from tests.unit.analysis import made


class Lab:
    """Stands for a lab: what it measures is given beforehand."""

    def __init__(self, measured: EndedExperiment) -> None:
        self.measured = measured

    def measure(self, workload: str, **asked: object) -> EndedExperiment:  # noqa: ARG002 - a lab's
        return self.measured


MEASURED = EndedExperiment(
    record=made.record(State.FINISHED),
    plan=made.plan(made.PREFORK),
    results=(made.result(100.0),),
    environment=Environment(nodes=()),
)


def keeping(file: Path) -> trials.Source:
    return trials.Recording(cast(OwnLab, Lab(MEASURED)), file)


def test_experiments_that_were_kept_come_back_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "aa.trials.jsonl"
    keeping(file).measure("primes", params={"limit": [1, 2]}, effort=Effort.STANDARD)
    keeping(file).measure("wait", models=["threads"])
    with file.open() as lines:
        again = trials.Replay(lines)
        assert again.measure("primes", params={"limit": [1, 2]}, effort=Effort.STANDARD) == MEASURED
        assert again.measure("wait", models=["threads"]) == MEASURED


def test_trials_of_another_question_are_not_taken_for_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "aa.trials.jsonl"
    keeping(file).measure("primes", params={"limit": [1, 2]})
    with file.open() as lines, pytest.raises(RuntimeError, match="measure first, without --again"):
        trials.Replay(lines).measure("primes", params={"limit": [1, 3]})


def test_a_run_that_broke_off_has_too_few_trials(tmp_path: Path) -> None:
    file = tmp_path / "aa.trials.jsonl"
    keeping(file).measure("primes", models=["threads"])
    with file.open() as lines:
        again = trials.Replay(lines)
        again.measure("primes", models=["threads"])
        with pytest.raises(RuntimeError, match="measure first, without --again"):
            again.measure("primes", models=["threads"])
