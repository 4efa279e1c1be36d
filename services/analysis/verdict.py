"""What follows from the cells: a ranking with ties, and one plain sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.analysis import intervals
from services.core.experiment import Model
from services.core.report import Ranked, Verdict
from services.core.summary import CellSummary, Interval
from services.core.units import Rate

#: Block to throughput.
_Rates: TypeAlias = dict[int, Rate]


@dataclass(frozen=True, slots=True)
class _Measured:
    """A cell with at least one finished trial."""

    cell: CellSummary
    rates: _Rates
    median: Rate


def reach(cells: Sequence[CellSummary], *, ended: bool) -> Verdict:
    """Rank by median throughput and say what follows; `ended` when no further trial will come.

    A cell shares the rank of the fastest if the interval of their ratio holds 1, else that of the fastest among those
    placed last before it, if that interval does; else it has a rank of its own, one more than the cells before it.
    """
    measured = sorted(map(_measured, filter(_has_rate, cells)), key=lambda one: -one.median)
    if not measured:
        return Verdict(text=_nothing(cells, ended=ended), best=(), ranking=())
    groups = _groups(measured)
    ranking: list[Ranked] = []
    for group in groups:
        rank = len(ranking) + 1
        ranking += [Ranked(cell=one.cell.name, rank=rank, ratio=_over(one, measured[0])) for one in group]
    return Verdict(
        text=_sentence(groups, cells, ended=ended),
        best=tuple(one.cell.name for one in groups[0]),
        ranking=tuple(ranking),
    )


def _has_rate(cell: CellSummary) -> bool:
    return cell.throughput is not None


def _measured(cell: CellSummary) -> _Measured:
    assert cell.throughput is not None
    rates = {trial.repeat: trial.throughput for trial in cell.trials if trial.throughput is not None}
    return _Measured(cell, rates, cell.throughput.median)


def _over(one: _Measured, first: _Measured) -> Interval:
    """A cell is exactly once as fast as itself: nothing of that is left to chance."""
    return Interval(median=1.0, low=1.0, high=1.0) if one is first else intervals.ratio(one.rates, first.rates)


def _groups(measured: Sequence[_Measured]) -> list[list[_Measured]]:
    """Cells too close to call together, fastest first; each group is led by its fastest."""
    groups = [[measured[0]]]
    for one in measured[1:]:
        if _too_close(one, groups[0][0]):
            groups[0].append(one)
        elif _too_close(one, groups[-1][0]):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _too_close(slower: _Measured, faster: _Measured) -> bool:
    """Whether the ratio's interval holds 1. Not known, so no, when one repeat gives it no bounds."""
    high = intervals.ratio(slower.rates, faster.rates).high
    return high is not None and high >= 1


def _nothing(cells: Sequence[CellSummary], *, ended: bool) -> str:
    failures = [trial.failure for cell in cells for trial in cell.trials if trial.failure]
    if not failures:
        return "Nothing was measured." if ended else "Nothing measured yet."
    if ended:
        return (
            f"Nothing was measured: {'the only trial' if len(failures) == 1 else f'all {len(failures)} trials'} failed."
        )
    return (
        f"Nothing measured yet: {'the first trial' if len(failures) == 1 else f'all of {len(failures)} trials'} failed."
    )


def _sentence(groups: Sequence[Sequence[_Measured]], cells: Sequence[CellSummary], *, ended: bool) -> str:
    best = groups[0]
    others = [one for group in groups[1:] for one in group]
    if len(best) > 1:
        text = _tie(best, others)
    elif others:
        text = _winner(best[0], others)
    else:
        text = _alone(best[0], of=len(cells), ended=ended)
    return f"{text}." if ended else f"So far: {text}."


def _tie(best: Sequence[_Measured], others: Sequence[_Measured]) -> str:
    text = f"Too close to call between {_listed([one.cell.name for one in best])}"
    slowest, fastest = (_rate(one.median) for one in (min(best, key=lambda one: one.median), best[0]))
    text += f", at {fastest} tasks/s" if slowest == fastest else f", at {slowest} to {fastest} tasks/s"
    if not others:
        return text
    yardstick = _yardstick(others)
    times = intervals.ratio(best[0].rates, yardstick.rates)
    return f"{text}; {best[0].cell.name} does {_times(times)} {yardstick.cell.name}{_bounds(times)}"


def _winner(best: _Measured, others: Sequence[_Measured]) -> str:
    yardstick = _yardstick(others)
    times = intervals.ratio(best.rates, yardstick.rates)
    text = f"{best.cell.name} is fastest: {_rate(best.median)} tasks/s, {_times(times)} {yardstick.cell.name}"
    if intervals.ratio(best.rates, others[0].rates).low is None:
        return f"{text}; but one repeat has no interval, so it may be chance"
    return text + _bounds(times)


def _alone(one: _Measured, *, of: int, ended: bool) -> str:
    assert one.cell.throughput is not None
    throughput = one.cell.throughput
    text = f"{one.cell.name} does {_rate(throughput.median)} tasks/s"
    if throughput.low is not None and throughput.high is not None:
        text += f" ({_rate(throughput.low)} to {_rate(throughput.high)})"
    if of == 1:
        return f"{text}; there is no other cell to compare it with"
    return f"{text}; no other cell has a finished trial{'' if ended else ' yet'}"


def _yardstick(others: Sequence[_Measured]) -> _Measured:
    """What the fastest is compared with: sequential if it is there, else the next in rank."""
    sequential = (one for one in others if one.cell.model is Model.SEQUENTIAL)
    return min(sequential, key=lambda one: one.cell.replicas, default=others[0])


def _listed(names: Sequence[str], most: int = 6) -> str:
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _rate(rate: Rate) -> str:
    """Three digits: 1,820 · 182 · 18.2 · 1.82."""
    return f"{rate:,.0f}" if rate >= 99.95 else f"{rate:.3g}"


def _times(times: Interval) -> str:
    return f"{times.median:.{_decimals(times)}f} times"


def _bounds(times: Interval) -> str:
    if times.low is None or times.high is None:
        return ""
    decimals = _decimals(times)
    return f" ({times.low:.{decimals}f} to {times.high:.{decimals}f})"


def _decimals(times: Interval) -> int:
    """One; two where the bounds lie within a tenth; and as many, up to four, as any of them needs to differ from 1."""
    told = [value for value in (times.median, times.low, times.high) if value is not None]
    nearest = min((abs(value - 1) for value in told if value != 1), default=1.0)
    fewest = 2 if 0 < max(told) - min(told) < 0.1 else 1
    return next((decimals for decimals in (1, 2, 3) if decimals >= fewest and nearest >= 0.5 * 10**-decimals), 4)
