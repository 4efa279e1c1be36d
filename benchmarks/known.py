"""Run workloads whose result follows from theory in a whole lab: expected, measured, verdict.

Speed-ups are over sequential in the same experiment, three repeats; one figure is a plain rate.
The formula, and how far off a figure may be and why, are in benchmarks/theory.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import theory
from benchmarks.lab_harness import EndedExperiment, own_lab
from benchmarks.outcome import BenchmarkResult, Bound, TextTable, bounded, command, say
from benchmarks.theory import Body
from services.analysis.cells import intervals
from services.core.experiment import Effort
from services.core.models import Model
from services.core.summary import CellSummary, Interval
from services.core.units import Rate

FEWEST = 16
REPEATS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TheoryCase:
    """One experiment: a workload in some models, always with sequential."""

    body: Body
    models: tuple[Model, ...]
    slots: int
    #: A window ends with its last task. Where tasks share a core and then wait, the core idles while the last ones do:
    #: W of the window, 11 % of a short one, which theory leaves out. So theirs are long.
    effort: Effort = Effort.QUICK


SLEEP = Body(workload="wait", params={"milliseconds": 200}, share=0, seconds=0.2)
PRIMES = Body(workload="primes", params={"limit": 120_000}, share=1)
JSON = Body(workload="json_codec", params={"records": 20_000}, share=1)
SHA256 = Body(workload="sha256", params={"kilobytes": 1024, "rounds": 160}, share=1, gil="released")
COMPRESS = Body(workload="compress", params={"kilobytes": 3072}, share=1, gil="released")
MIXED = Body(workload="mixed", params={"milliseconds": 200, "cpu_share": 0.25}, share=0.25)
#: For slots that share one core. All that theory leaves out takes of that core: carrying, handing the GIL over, the end
#: of the window. With 50 ms of CPU a task and 150 ms of waiting these three are about a tenth together; so this body
#: computes for longer and waits for less.
HALF = Body(workload="mixed", params={"milliseconds": 200, "cpu_share": 0.5}, share=0.5)
HTTP = Body(workload="http_get", params={"delay_milliseconds": 200}, share=0)
FILE = Body(workload="file_write_read", params={"kilobytes": 65_536}, share=1, yields=False)
CASES = (
    TheoryCase(body=SLEEP, models=(Model.SEQUENTIAL, Model.THREADS, Model.GEVENT, Model.PREFORK), slots=4),
    TheoryCase(body=PRIMES, models=(Model.THREADS, Model.GEVENT, Model.PREFORK), slots=2),
    TheoryCase(body=JSON, models=(Model.THREADS, Model.PREFORK), slots=2),
    TheoryCase(body=SHA256, models=(Model.THREADS, Model.GEVENT), slots=2),
    TheoryCase(body=COMPRESS, models=(Model.THREADS, Model.PREFORK), slots=2),
    TheoryCase(body=HALF, models=(Model.THREADS, Model.GEVENT), slots=4, effort=Effort.THOROUGH),
    TheoryCase(body=MIXED, models=(Model.PREFORK,), slots=4, effort=Effort.THOROUGH),
    TheoryCase(body=HTTP, models=(Model.THREADS, Model.GEVENT), slots=4),
    TheoryCase(body=FILE, models=(Model.GEVENT,), slots=2),
)
#: The questions of --quick, with one repeat each.
QUICK_CASES = (CASES[0], CASES[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One workload in one model."""

    workload: str
    cell: str
    #: A speed-up, or tasks per second.
    unit: str
    expected: float
    measured: Interval
    tolerance: float

    @property
    def off(self) -> float:
        """Return measured / expected - 1."""
        return self.measured.estimate / self.expected - 1

    @property
    def holds(self) -> bool:
        """Return whether theory and lab agree."""
        return abs(self.off) <= self.tolerance


def results(case: TheoryCase, measured: EndedExperiment) -> tuple[CaseResult, ...]:
    """Return the lab's figures beside those of theory."""
    cells = {cell.model: cell for cell in measured.report.cells}
    usable = min(node.fingerprint.usable_cores for node in measured.report.environment.nodes)
    return tuple(_result(case, cells[model], cells[Model.SEQUENTIAL], usable) for model in case.models)


def _result(case: TheoryCase, cell: CellSummary, alone: CellSummary, cores: float) -> CaseResult:
    body, model, slots = case.body, cell.model, cell.concurrency
    times = theory.speedup(body, model, slots, cores)
    if model is Model.SEQUENTIAL:
        assert body.seconds is not None and cell.throughput is not None
        unit, expected, found = "/s", times / body.seconds, cell.throughput
    else:
        unit, expected, found = "x", times, intervals.ratio(_rates(cell), _rates(alone))
    return CaseResult(
        workload=body.workload,
        cell=cell.name,
        unit=unit,
        expected=expected,
        measured=found,
        tolerance=theory.tolerance(body, model, slots, cores),
    )


def _rates(cell: CellSummary) -> dict[int, Rate]:
    rates = {trial.repeat: trial.throughput for trial in cell.trials if trial.throughput is not None}
    if not rates:
        raise RuntimeError(f"{cell.workload} {cell.name}: {cell.trials[-1].failure}")
    return rates


def measure(quick: bool) -> BenchmarkResult:
    """Measure every case in one lab."""
    found: list[CaseResult] = []
    with own_lab() as lab:
        for case in QUICK_CASES if quick else CASES:
            models = dict.fromkeys((Model.SEQUENTIAL, *case.models))
            asked = {
                "models": list(models),
                "concurrency": [case.slots],
                "effort": case.effort,
                "repeats": 1 if quick else REPEATS,
            }
            measured = lab.measure(case.body.workload, params=case.body.params, **asked)
            found += results(case, measured)
            say(f"{case.body.workload}: {measured.report.verdict.text}")
    return outcome(found)


def outcome(found: Sequence[CaseResult]) -> BenchmarkResult:
    """Return the table and the bound."""
    right = sum(result.holds for result in found)
    return BenchmarkResult(
        tables=(
            TextTable(
                headings=("workload", "cell", "expected", "measured", "off", "±", ""),
                rows=tuple(
                    (
                        result.workload,
                        result.cell,
                        f"{result.expected:.2f}{result.unit}",
                        bounded(result.measured, 2),
                        f"{result.off:+.0%}",
                        f"{result.tolerance:.0%}",
                        "holds" if result.holds else "OFF",
                    )
                    for result in found
                ),
            ),
        ),
        notes=("x: speed-up over sequential. /s: tasks per second. ±: how far off it may be.",),
        bounds=(
            Bound(
                claim=f"all of at least {FEWEST} results are those of theory",
                found=f"{right} of {len(found)}",
                holds=right == len(found) >= FEWEST,
            ),
        ),
        figures={"results": [{"result": result, "off": result.off, "holds": result.holds} for result in found]},
    )


if __name__ == "__main__":
    command("known", __doc__ or "", measure)
