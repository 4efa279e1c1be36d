"""Turn one million spans into a `TrialResult`: time and peak memory, relative to a bare NumPy percentile pass.

Both in fresh processes: `python -m benchmarks.spans summarise FILE COUNT` makes the result of a packed table, as the
conductor does; `… percentiles FILE COUNT` takes three percentiles of an array that is there already.
Peak memory is the whole process's, Python, NumPy and SciPy included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.outcome import BenchmarkResult, Bound, TextTable, command
from benchmarks.synthetic import PINGS, node_trial, span_table
from concurrency_lab_inside.stamps import ROW_BYTES
from services.analysis.trial.merging import summarise
from services.analysis.trial.spans import pack, unpack
from services.core.experiment import Cell, Trial
from services.core.models import Model
from services.core.units import Bytes, Seconds

SPANS, QUICK_SPANS = 1_000_000, 100_000
TURNS, QUICK_TURNS = 7, 2
MOST_SECONDS: Seconds = 1.0
MOST_MEMORY: Bytes = 300_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One run over all spans."""

    seconds: Seconds
    #: Largest resident set of the process, and that before it had any spans.
    peak: Bytes
    bare: Bytes


def run(kind: str, file: Path, count: int) -> Pass:
    """Run in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.spans", kind, str(file), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Pass(**json.loads(done.stdout))


def summary(file: Path, count: int) -> Pass:
    """Run in this process. Raises RuntimeError without a result."""
    bare = _peak()
    share, trial = node_trial(file.read_text(encoding="ascii"), count), _trial()
    began = time.perf_counter()
    result = summarise(trial, [share], elapsed=0.0)
    seconds = time.perf_counter() - began
    if result.figures is None:
        raise RuntimeError(f"the synthetic trial failed: {result.failure}")
    return Pass(seconds=seconds, peak=_peak(), bare=bare)


def percentiles(file: Path, count: int) -> Pass:
    """Run in this process."""
    bare = _peak()
    table = unpack(file.read_text(encoding="ascii")).part(PINGS, count)
    began = time.perf_counter()
    np.percentile(table.stored - table.started, (50, 95, 99))
    return Pass(seconds=time.perf_counter() - began, peak=_peak(), bare=bare)


def measure(quick: bool) -> BenchmarkResult:
    """Run both in turns."""
    count, turns = (QUICK_SPANS, QUICK_TURNS) if quick else (SPANS, TURNS)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spans"
        file.write_text(pack(span_table(count, seed=1)), encoding="ascii")
        size = file.stat().st_size
        passes = [(run("summarise", file, count), run("percentiles", file, count)) for _ in range(turns)]
    lab, bare = [one for one, _ in passes], [one for _, one in passes]
    seconds, peak = median(one.seconds for one in lab), max(one.peak for one in lab)
    return BenchmarkResult(
        tables=(
            TextTable(
                headings=("", "seconds", "peak memory", "of it before any spans"),
                rows=tuple(
                    (
                        name,
                        f"{median(one.seconds for one in side):.3f}",
                        f"{max(one.peak for one in side) / 1e6:.0f} MB",
                        f"{max(one.bare for one in side) / 1e6:.0f} MB",
                    )
                    for name, side in (("summarise", lab), ("percentiles", bare))
                ),
            ),
        ),
        notes=(
            f"{count:,} spans, {count * ROW_BYTES / 1e6:.0f} MB as an array, {size / 1e6:.0f} MB packed. "
            f"Medians of {turns} runs; "
            f"summarise takes {seconds / median(one.seconds for one in bare):.1f} times a percentile pass.",
        ),
        bounds=(
            Bound(claim=f"at most {MOST_SECONDS:g} s", found=f"{seconds:.2f} s", holds=seconds <= MOST_SECONDS),
            Bound(claim=f"at most {MOST_MEMORY / 1e6:.0f} MB", found=f"{peak / 1e6:.0f} MB", holds=peak <= MOST_MEMORY),
        ),
        figures={"spans": count, "packed": size, "summarise": lab, "percentiles": bare},
    )


def _trial() -> Trial:
    cell = Cell(workload="echo", params={}, model=Model.PREFORK, concurrency=4, replicas=1)
    return Trial(experiment="spans", index=0, cell=cell, repeat=0)


def _peak() -> Bytes:
    """Return the largest resident set so far. getrusage would count the parent's before the fork, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    if sys.argv[1:2] in (["summarise"], ["percentiles"]):
        taken = (summary if sys.argv[1] == "summarise" else percentiles)(Path(sys.argv[2]), int(sys.argv[3]))
        print(json.dumps({"seconds": taken.seconds, "peak": taken.peak, "bare": taken.bare}))
    else:
        command("spans", __doc__ or "", measure)
