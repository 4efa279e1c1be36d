"""Run all benchmarks, or the named ones: `python -m benchmarks [NAME …] [--quick]`.

Each runs in a process of its own, one after another, and writes its JSON to benchmarks/results. Exits 1 if a bound of
any of them does not hold. `planted`, `aa` and `grid` keep their trials there, too: `python -m benchmarks.aa --again`
judges those by the rules as they are now.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys

from benchmarks.outcome import RESULTS
from services.process.tether import tethered

#: In the order of running: short ones first.
NAMES = (
    "spans", "families", "cost", "bundle", "pages", "known", "executors", "cores", "watched", "probe", "planted", "aa",
    "grid",
)  # fmt: skip
HOLDS = "holds"


def main() -> None:
    """Run the benchmarks and print which bounds hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"benchmarks to run, default all: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="run less of each: too little to judge")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"unknown benchmark {', '.join(sorted(unknown))}; the benchmarks are {', '.join(NAMES)}")
    results = {name: _run(name, quick=given.quick) for name in given.names or NAMES}
    for name, word in results.items():
        print(f"{name:<10}{word}")
    sys.exit(int(any(word != HOLDS for word in results.values())))


def _run(name: str, *, quick: bool) -> str:
    """Run one benchmark and return its result. One that fails leaves no figures, not even of an earlier run."""
    print(f"== {name} ==", flush=True)
    figures = RESULTS / f"{name}.json"
    figures.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if quick else [])]
    # Ended alone, this process would leave a lab behind that measures and spoils the next run.
    subprocess.run(tethered(command, signal.SIGTERM), check=False)
    print(flush=True)
    if not figures.exists():
        return "FAILED"
    return HOLDS if json.loads(figures.read_text())["holds"] else "DOES NOT HOLD"


if __name__ == "__main__":
    main()
