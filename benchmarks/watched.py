"""Watch one default experiment: is the estimated time left right, and does Little's law hold?

Time left is looked at several times a second from the second block on, and held against the time that it then took.
It is that of the blocks in the plan: `standard` may add some, which cannot be known; so here their number is given.
Little's law must hold within 5 % in every trial that the lab does not call unstable.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.lab_harness import ProgressReading, own_lab
from benchmarks.outcome import BenchmarkResult, Bound, TextTable, command
from services.core.experiment import Effort
from services.core.summary import Warn
from services.core.units import Seconds

#: Largest allowed error of the time left, and the share of polls that must be closer. The last seconds are left
#: out: the scatter of one trial is more than a quarter of them.
OFF, CLOSER = 0.25, 0.95
LAST: Seconds = 5.0
LITTLE = 0.05
REPEATS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateReading:
    """The estimate of one moment, and the true time left."""

    at: Seconds
    estimated: Seconds
    true: Seconds

    @property
    def off(self) -> float:
        """Return estimated / true - 1."""
        return self.estimated / self.true - 1


def readings(seen: Sequence[ProgressReading], ended: Seconds, block: int) -> tuple[EstimateReading, ...]:
    """Return the readings from the second block on; `block`: trials per block, `ended`: on the clock of `seen`."""
    return tuple(
        EstimateReading(at=one.at, estimated=one.left, true=ended - one.at)
        for one in seen
        if one.left is not None and one.done >= block and ended - one.at > LAST
    )


def measure(quick: bool) -> BenchmarkResult:
    """Measure a default experiment with more repeats than a default one has."""
    with own_lab() as lab:
        measured, seen = lab.watch("primes", effort=Effort.QUICK, repeats=3 if quick else REPEATS)
        ended = time.monotonic()
    report = measured.report
    found = readings(seen, ended, len(report.cells))
    close = sum(abs(one.off) <= OFF for one in found) / len(found)
    unstable = {cell.name for cell in report.cells if any(one.name is Warn.UNSTABLE for one in cell.warnings)}
    little = {
        f"{result.trial.cell.name} {result.trial.repeat + 1}": result.figures.littles_law
        for result in measured.results
        if result.figures is not None and result.trial.cell.name not in unstable
    }
    worst = max(little.values(), key=lambda ratio: abs(ratio - 1))
    return BenchmarkResult(
        tables=(
            TextTable(
                headings=("after", "estimated", "true", "off"),
                rows=tuple(
                    (f"{one.at - seen[0].at:.0f} s", f"{one.estimated:.0f} s", f"{one.true:.0f} s", f"{one.off:+.0%}")
                    for one in found[:: max(1, len(found) // 12)]
                ),
            ),
        ),
        notes=(
            f"{len(found)} readings, a few of them shown; {len(little)} of {len(measured.results)} trials are stable.",
            f"Cells with an unstable trial: {', '.join(sorted(unstable)) or 'none'}.",
        ),
        bounds=(
            Bound(
                claim=f"time left is within {OFF:.0%} from the second block on, in {CLOSER:.0%} of readings",
                found=f"{close:.0%}",
                holds=close >= CLOSER,
            ),
            Bound(
                claim=f"Little's law holds within {LITTLE:.0%} in every stable trial",
                found=f"worst {worst:.4f}",
                holds=abs(worst - 1) <= LITTLE,
            ),
        ),
        figures={"readings": found, "little": little},
    )


if __name__ == "__main__":
    command("watched", __doc__ or "", measure)
