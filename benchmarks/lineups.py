"""Cells that differ in one parameter, measured side by side: shared by `aa`, `planted` and `grid`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from benchmarks.lab_harness import EndedExperiment
from benchmarks.outcome import Bound, TextTable, bounded, say
from benchmarks.resampling import Block, Calls, judged, resample, slower
from benchmarks.trials import Source
from services.analysis.cells import intervals
from services.core.experiment import Effort
from services.core.models import Model
from services.core.summary import Interval
from services.core.trial import TrialResult
from services.core.units import Seconds, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUp:
    """The cells of one experiment. The first `equal` of them do the same work, the others more."""

    workload: str
    params: Mapping[str, Value]
    #: The parameter that differs, and its value in each cell.
    parameter: str
    values: tuple[Value, ...]
    equal: int
    model: Model
    concurrency: int

    @property
    def name(self) -> str:
        """Return the workload and the model."""
        return f"{self.workload} {self.model}@{self.concurrency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The live experiments of a line-up: the complete blocks of each, in the order of running."""

    lineup: LineUp
    experiments: tuple[tuple[Block, ...], ...]

    def part(self, first: int, last: int) -> Runs:
        """Return the same experiments with only the cells of [first, last)."""
        lineup = replace(self.lineup, values=self.lineup.values[first:last], equal=min(self.lineup.equal, last) - first)
        return Runs(
            lineup=lineup,
            experiments=tuple(tuple(block[first:last] for block in blocks) for blocks in self.experiments),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRates:
    """How often experiments on a line-up found the last cell different, or any cell where all are equal."""

    runs: Runs
    live: Calls
    resampled: Mapping[Effort, Calls]

    @property
    def ratio(self) -> Interval:
        """Return the throughput of the last cell relative to the first, over all blocks."""
        blocks = [block for blocks in self.runs.experiments for block in blocks]
        last, first = ({place: _rate(block[side]) for place, block in enumerate(blocks)} for side in (-1, 0))
        return intervals.ratio(last, first)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSize:
    """How much is run for each line-up."""

    #: Live experiments, and resampled ones of each effort.
    experiments: int
    draws: int
    #: Time budget of a live experiment; None = that of `standard`.
    budget: Seconds | None = None


#: For line-ups of two cells.
PAIRS_FULL, PAIRS_QUICK = RunSize(experiments=5, draws=1000), RunSize(experiments=1, draws=100)


def pairs_size(*, quick: bool, experiments: int | None) -> RunSize:
    """Return how much is run for line-ups of two cells; `experiments` replaces the number of live ones."""
    return with_experiments(PAIRS_QUICK if quick else PAIRS_FULL, experiments)


def with_experiments(size: RunSize, experiments: int | None) -> RunSize:
    """Return `size` with this number of live experiments, if there is one."""
    return size if experiments is None else replace(size, experiments=experiments)


def at_most(share: float, alive: Calls) -> Bound:
    """Return the bound that live experiments do not contradict: differences are called in at most `share` of them."""
    return _not_contradicted(share, alive, holds=alive.interval[0] <= share)


def at_least(share: float, alive: Calls) -> Bound:
    """Return the bound that live experiments do not contradict: the difference is found in at least `share` of them."""
    return _not_contradicted(share, alive, holds=alive.interval[1] >= share)


def _not_contradicted(share: float, alive: Calls, *, holds: bool) -> Bound:
    return Bound(claim=f"standard: live experiments do not contradict {share:.0%}", found=str(alive), holds=holds)


def run(lineups: Sequence[LineUp], size: RunSize, source: Source) -> tuple[Runs, ...]:
    """Run the live experiments line-up by line-up, so that neighbouring blocks are close in time."""
    return tuple(
        Runs(
            lineup=each,
            experiments=tuple(_blocks(each, _measured(each, size, source)) for _ in range(size.experiments)),
        )
        for each in lineups
    )


def findings(runs: Runs, draws: int) -> CallRates:
    """Apply the lab's rules to the live experiments and to `draws` resampled ones per effort."""
    equal, blocks = runs.lineup.equal, tuple(block for blocks in runs.experiments for block in blocks)
    called = [_called(experiment, equal) for experiment in runs.experiments]
    found = {effort: resample(blocks, effort, draws, equal=equal, seed=len(blocks)) for effort in Effort}
    return CallRates(
        runs=runs,
        live=Calls(found=sum(called), of=len(called)),
        resampled={effort: calls for effort, calls in found.items() if calls is not None},
    )


def live(found: Sequence[CallRates]) -> Calls:
    """Return the counts of the live experiments of all line-ups."""
    return reduce(add, (one.live for one in found))


def resampled(found: Sequence[CallRates], effort: Effort) -> Calls:
    """Resampled experiments of all line-ups; of none if there were too few blocks."""
    return reduce(add, (one.resampled.get(effort, Calls(found=0, of=0)) for one in found))


def table(found: Sequence[CallRates], title: str) -> TextTable:
    """Return one row per line-up, and one for all."""
    efforts = tuple(Effort)
    rows = [
        (
            one.runs.lineup.name,
            bounded(one.ratio),
            f"{one.live.found}/{one.live.of}",
            *(_percent(one.resampled.get(effort)) for effort in efforts),
        )
        for one in found
    ]
    together = live(found)
    rows.append(("all", "", f"{together.found}/{together.of}", *(_percent(resampled(found, each)) for each in efforts)))
    return TextTable(headings=(title, "ratio", "live", *efforts), rows=tuple(rows))


def note(found: Sequence[CallRates]) -> str:
    """Return how to read the table."""
    blocks = sorted(len(each) for one in found for each in one.runs.experiments)
    return (
        f"Live: of {live(found).of} standard experiments, which ran {blocks[0]} to {blocks[-1]} blocks (median "
        f"{blocks[len(blocks) // 2]}). Then of resampled ones of each effort. Ratio: throughput of the last cell "
        "over that of the first, over all blocks."
    )


def figures(found: Sequence[CallRates]) -> dict[str, object]:
    """Return the figures for JSON."""
    return {
        one.runs.lineup.name: {
            "lineup": one.runs.lineup,
            "ratio": one.ratio,
            "live": one.live,
            "resampled": one.resampled,
            "throughputs": [[[_rate(side) for side in block] for block in each] for each in one.runs.experiments],
        }
        for one in found
    }


def _measured(lineup: LineUp, size: RunSize, source: Source) -> EndedExperiment:
    asked: dict[str, object] = {
        "params": {**lineup.params, lineup.parameter: list(lineup.values)},
        "models": [lineup.model],
        "concurrency": [lineup.concurrency],
        "effort": Effort.STANDARD,
    }
    if size.budget is not None:
        asked["budget"] = size.budget
    return source.measure(lineup.workload, **asked)


def _blocks(lineup: LineUp, measured: EndedExperiment) -> tuple[Block, ...]:
    found: dict[int, dict[Value, TrialResult]] = {}
    for result in measured.results:
        if result.figures is not None:
            found.setdefault(result.trial.repeat, {})[result.trial.cell.params[lineup.parameter]] = result
    whole = [block for _, block in sorted(found.items()) if len(block) == len(lineup.values)]
    if not whole:
        raise RuntimeError(f"{lineup.name}: in no block did all trials finish")
    say(f"{lineup.name}: {len(whole)} blocks")
    return tuple(tuple(block[value] for value in lineup.values) for block in whole)


def _called(blocks: Sequence[Block], equal: int) -> bool:
    cells = [result.trial.cell for result in blocks[0]]
    called = slower(judged(blocks, Effort.STANDARD, cells))
    return bool(called) if equal == len(cells) else cells[-1].name in called


def _percent(calls: Calls | None) -> str:
    return "–" if calls is None or not calls.of else f"{calls.rate:.1%}"


def _rate(result: TrialResult) -> float:
    assert result.figures is not None
    return result.figures.throughput
