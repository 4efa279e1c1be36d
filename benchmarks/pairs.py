"""Two cells that differ in one parameter, measured as a user would: what `aa` and `planted` have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from benchmarks.lab import Measured, OwnLab, own_lab
from benchmarks.outcome import Table, bounded, say
from benchmarks.resampling import Block, Calls, resample, slower
from services.analysis import intervals
from services.core.experiment import Effort, Model
from services.core.summary import Interval
from services.core.trial import TrialResult
from services.core.units import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A cell and its counterpart."""

    workload: str
    params: Mapping[str, Value]
    #: What differs, and its two values.
    parameter: str
    values: tuple[Value, Value]
    model: Model
    concurrency: int

    @property
    def name(self) -> str:
        """Workload and cell."""
        return f"{self.workload} {self.model}@{self.concurrency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One `standard` experiment on a pair."""

    #: The cell that its verdict calls the slower; None if they are too close to call.
    slower: str | None
    #: Blocks in which both trials finished, in the order they were run; at least one.
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All of one pair."""

    pair: Pair
    experiments: tuple[Live, ...]
    #: How often these called a difference, and how often resampled ones of each effort did.
    live: Calls
    resampled: Mapping[Effort, Calls]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Of all experiments, in the order they were run."""
        return tuple(block for live in self.experiments for block in live.blocks)

    @property
    def ratio(self) -> Interval:
        """Throughput of the second cell over that of the first, over all blocks."""
        one, two = ({place: _rate(block[side]) for place, block in enumerate(self.blocks)} for side in (0, 1))
        return intervals.ratio(two, one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How much is done for each pair."""

    #: Live experiments, and resampled ones of each effort.
    experiments: int
    draws: int


FULL, QUICK = Terms(experiments=5, draws=1000), Terms(experiments=1, draws=100)


def find(pairs: Sequence[Pair], terms: Terms, *, alike: bool) -> tuple[Findings, ...]:
    """Pair by pair, so that neighbouring blocks are of neighbouring minutes.

    `alike`: the two cells are one and the same, and any difference counts as called; else one that calls the second
    the slower.
    """
    found = []
    with own_lab() as lab:
        for pair in pairs:
            experiments = tuple(_live(lab, pair, number, terms) for number in range(terms.experiments))
            found.append(_findings(pair, experiments, terms.draws, alike=alike))
    return tuple(found)


def _live(lab: OwnLab, pair: Pair, number: int, terms: Terms) -> Live:
    measured = lab.measure(
        pair.workload,
        params={**pair.params, pair.parameter: list(pair.values)},
        models=[pair.model],
        concurrency=[pair.concurrency],
        effort=Effort.STANDARD,
    )
    live = Live(slower=slower(measured.report), blocks=_blocks(pair, measured))
    if not live.blocks:
        raise RuntimeError(f"{pair.name}: in no block did both trials finish")
    called = f"{live.slower} called slower" if live.slower else "too close to call"
    say(f"{pair.name} {number + 1}/{terms.experiments}: {len(live.blocks)} blocks, {called}")
    return live


def _blocks(pair: Pair, measured: Measured) -> tuple[Block, ...]:
    sides: dict[int, dict[Value, TrialResult]] = {}
    for result in measured.results:
        if result.figures is not None:
            sides.setdefault(result.trial.repeat, {})[result.trial.cell.variant[pair.parameter]] = result
    one, two = pair.values
    return tuple((found[one], found[two]) for _, found in sorted(sides.items()) if len(found) == 2)


def _findings(pair: Pair, experiments: tuple[Live, ...], draws: int, *, alike: bool) -> Findings:
    blocks = tuple(block for live in experiments for block in live.blocks)
    second = blocks[0][1].trial.cell.name
    called = [live.slower is not None if alike else live.slower == second for live in experiments]
    resampled = {effort: resample(blocks, effort, draws, seed=len(blocks), swap=alike) for effort in Effort}
    return Findings(
        pair=pair,
        experiments=experiments,
        live=Calls(found=sum(called), of=len(called)),
        resampled={effort: calls for effort, calls in resampled.items() if calls is not None},
    )


def live(findings: Sequence[Findings]) -> Calls:
    """Live experiments of all pairs."""
    return reduce(add, (one.live for one in findings))


def resampled(findings: Sequence[Findings], effort: Effort) -> Calls:
    """Resampled experiments of all pairs; of none if there were too few blocks."""
    return reduce(add, (one.resampled.get(effort, Calls(found=0, of=0)) for one in findings))


def table(findings: Sequence[Findings]) -> Table:
    """A pair a row, and all together."""
    efforts = tuple(Effort)
    rows = [
        (
            one.pair.name,
            bounded(one.ratio),
            f"{one.live.found}/{one.live.of}",
            *(_percent(one.resampled.get(effort)) for effort in efforts),
        )
        for one in findings
    ]
    together = live(findings)
    rows.append(
        ("all", "", f"{together.found}/{together.of}", *(_percent(resampled(findings, each)) for each in efforts))
    )
    return Table(headings=("pair", "ratio", "live", *efforts), rows=tuple(rows))


def note(findings: Sequence[Findings]) -> str:
    """How to read the table."""
    blocks = sorted(len(each.blocks) for one in findings for each in one.experiments)
    return (
        f"Live: of {live(findings).of} standard experiments, which ran {blocks[0]} to {blocks[-1]} blocks (median "
        f"{blocks[len(blocks) // 2]}). Then of resampled ones of each effort. Ratio: throughput of the second cell "
        "over that of the first, over all blocks."
    )


def figures(findings: Sequence[Findings]) -> dict[str, object]:
    """For JSON."""
    return {
        one.pair.name: {
            "pair": one.pair,
            "ratio": one.ratio,
            "live": one.live,
            "resampled": one.resampled,
            "throughputs": [[[_rate(side) for side in block] for block in each.blocks] for each in one.experiments],
        }
        for one in findings
    }


def _percent(calls: Calls | None) -> str:
    return "–" if calls is None or not calls.of else f"{calls.rate:.1%}"


def _rate(result: TrialResult) -> float:
    assert result.figures is not None
    return result.figures.throughput
