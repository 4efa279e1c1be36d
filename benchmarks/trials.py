"""Sources of a benchmark's experiments: a lab that runs them and keeps their trials, or the kept trials.

Measuring takes half an hour, judging seconds. `--again` judges the kept trials by the rules as they are now.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.lab_harness import EndedExperiment, OwnLab, own_lab
from benchmarks.outcome import RESULTS, BenchmarkResult, finish, parser
from services.core.codec import from_data, to_data


class Source(Protocol):
    """Runs experiments, or returns kept ones."""

    def measure(self, workload: str, **asked: object) -> EndedExperiment:
        """Return an ended experiment. Raises RuntimeError when no trial of it finished."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Appends every experiment to a file as soon as it has ended."""

    lab: OwnLab
    file: Path

    def measure(self, workload: str, **asked: object) -> EndedExperiment:
        """Run the experiment."""
        measured = self.lab.measure(workload, **asked)
        line = {"asked": _request(workload, asked), "measured": to_data(measured)}
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return measured


@dataclass(frozen=True, slots=True)
class Replay:
    """Returns the experiments of a file in their order."""

    lines: Iterator[str]

    def measure(self, workload: str, **asked: object) -> EndedExperiment:
        """Return the next experiment. Raises RuntimeError when the file has another one, or none."""
        line = json.loads(next(self.lines, "{}"))
        if line.get("asked") != _request(workload, asked):
            raise RuntimeError(f"no trials of {workload} with {asked} are kept: measure first, without --again")
        return from_data(EndedExperiment, line["measured"])


@contextmanager
def live(name: str) -> Iterator[Source]:
    """Yield a new lab; the trials of earlier runs of benchmark `name` are deleted."""
    file = _file(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with own_lab() as lab:
        yield Recording(lab, file)


@contextmanager
def kept(name: str) -> Iterator[Source]:
    """Return the trials that the last run of benchmark `name` stored. Raises RuntimeError when there was none."""
    try:
        with _file(name).open(encoding="utf-8") as file:
            yield Replay(file)
    except FileNotFoundError as error:
        raise RuntimeError(f"{name} has no trials yet: measure first, without --again") from error


def command(name: str, about: str, measure: Callable[[Source, bool, int | None], BenchmarkResult]) -> None:
    """Run a benchmark whose trials are kept, from the command line.

    `measure` is given the experiments, whether to be quick, and the number of live experiments per line-up if named.
    """
    options = parser(name, about)
    options.add_argument("--again", action="store_true", help="judge the trials of the last run; measure nothing")
    options.add_argument(
        "--experiments",
        type=_count,
        metavar="N",
        help="live experiments per line-up: fewer take less time and show less",
    )
    given = options.parse_args()

    def measured() -> BenchmarkResult:
        with (kept if given.again else live)(name) as experiments:
            return measure(experiments, given.quick, given.experiments)

    finish(name, about, given, measured)


def _count(text: str) -> int:
    """Return a number of at least 1. Raises ValueError, which argparse reports."""
    if (number := int(text)) < 1:
        raise ValueError
    return number


def _file(name: str) -> Path:
    return RESULTS / f"{name}.trials.jsonl"


def _request(workload: str, asked: Mapping[str, object]) -> object:
    """Return the value as JSON reads it back."""
    return json.loads(json.dumps({"workload": workload, **asked}))
