"""Measure how much the reference loop of a block scatters on this machine without any other measurement."""

from __future__ import annotations

from statistics import fmean, median, stdev

from benchmarks.outcome import BenchmarkResult, TextTable, command, say
from services.analysis.cells.warnings.core_speed import LEAST_WHOLE, MOST_DRIFT
from services.node import fingerprint, reference_loop

ROUNDS, QUICK_ROUNDS = 30, 6


def measure(quick: bool) -> BenchmarkResult:
    """Run rounds of the loop, as a node does once per block."""
    cores = fingerprint.take(ledger="", broker=None).usable_cores
    rounds = QUICK_ROUNDS if quick else ROUNDS
    found = []
    for number in range(rounds):
        found.append(reference_loop.measure(cores))
        say(f"round {number + 1}/{rounds}")
    rates, ratios = [one for one, _ in found], [several / one for one, several in found]
    return BenchmarkResult(
        tables=(
            TextTable(
                headings=("", "median", "lowest", "highest", "standard deviation"),
                rows=(_row("passes/s of one process", rates), _row("speed-up of bare processes", ratios)),
            ),
        ),
        notes=(
            f"{rounds} rounds on {cores:g} usable cores. The lab warns of cores that are not whole below "
            f"{LEAST_WHOLE * cores:.2f} times, at the median over blocks, and of a clock rate that drifts when one "
            f"block is more than {MOST_DRIFT} times as fast as another.",
        ),
        bounds=(),
        figures={"rounds": found},
    )


def _row(name: str, values: list[float]) -> tuple[str, ...]:
    shown = (f"{value:.4g}" for value in (median(values), min(values), max(values)))
    return (name, *shown, f"{stdev(values) / fmean(values):.1%}")


if __name__ == "__main__":
    command("reference", __doc__ or "", measure)
