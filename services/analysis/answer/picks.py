"""The three picks of a variant: which cell, what for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.analysis.answer import launch
from services.core.advice import Aim, CellPick, Objectives, TaskTimeLimits
from services.core.capabilities import given_up, unenforced
from services.core.environment import Environment
from services.core.models import Model
from services.core.report import Ranked, Sustained, VariantVerdict
from services.core.summary import CellSummary, Interval

#: Share of the fastest that is enough for the best value.
ENOUGH: Final = 0.9
#: Share of the fastest that the estimate itself must reach: with few repeats the interval of a cell that does half the
#: work reaches 90 %.
NEAR: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The cells of a variant that keep the objectives, by name, and the verdict on them."""

    cells: Mapping[str, CellSummary]
    verdict: VariantVerdict
    #: Processors that Celery counts on the node, so slots of a worker without `--concurrency`; None: not known.
    processors: int | None


def keeps(cell: CellSummary, objectives: Objectives) -> bool:
    """Return whether a measured cell keeps the objectives with the whole of its intervals."""
    if cell.memory is None or cell.latency is None:
        return False
    peak, p99 = _upper(cell.memory.pss.peak), _upper(cell.latency.p99)
    fits = objectives.max_memory is None or peak <= objectives.max_memory
    return fits and (objectives.p99 is None or p99 <= objectives.p99)


def aims(of: Choices) -> dict[Aim, str]:
    """Return the name of the cell for every aim that has one.

    *Fastest*: the first of the ranking, if it is told apart from all others. Else *among the fastest*: of the cells
    that are not told apart from it, the one with the smallest peak memory; where a single repeat decides nothing, the
    first of the ranking.
    *Highest rate kept*, at planned rates: of the cells that keep the highest rate those with the lowest p99 within
    their intervals, of these the smallest.
    Both leave out cells whose estimate is below 80 % of the fastest: with few repeats they cannot be told apart either.
    *Best value*: the smallest peak memory among the cells whose interval reaches 90 % of the fastest (whose median
    does, without an interval); at planned rates, among those that keep 90 % of the highest rate kept.
    *Nothing to change*: the cell that `celery -A proj worker` would run: prefork on one node, one slot per processor of
    the node (Celery ignores CPU quotas), and no setting that differs from Celery's. No code, no package and no option
    changes. At planned rates: the highest rate that it keeps. A cell that only comes near it is none.
    """
    fastest, enough, unchanged = _at_rates(of) if of.verdict.sustained else _with_a_full_queue(of)
    found = {
        leading(of.verdict): _smallest(fastest),
        Aim.BEST_VALUE: _smallest(enough),
        Aim.NO_CHANGE: _smallest(unchanged),
    }
    return {aim: cell.name for aim, cell in found.items() if cell is not None}


def leading(verdict: VariantVerdict) -> Aim:
    """Return the first aim that a verdict allows."""
    if verdict.sustained:
        return Aim.HIGHEST_RATE
    return Aim.FASTEST if len(verdict.best) == 1 else Aim.AMONG_FASTEST


def pick(cell: CellSummary, its_aims: tuple[Aim, ...], of: Choices, limits: TaskTimeLimits) -> CellPick:
    """Return a measured cell with its figures and the command for it."""
    assert cell.throughput is not None and cell.latency is not None and cell.memory is not None
    needed = launch.settings(cell)
    ratio = next((one.ratio for one in of.verdict.ranking if one.cell == cell.name), None)
    return CellPick(
        aims=its_aims,
        cell=cell.name,
        model=cell.model,
        concurrency=cell.concurrency,
        replicas=cell.replicas,
        throughput=cell.throughput,
        p99=cell.latency.p99,
        memory=cell.memory.pss.peak,
        of_fastest=ratio,
        rate=cell.rate,
        command=launch.command(cell, needed),
        settings=needed,
        gives_up=given_up(cell.model),
        unenforced=unenforced(cell.model, limits),
    )


def processors(environment: Environment) -> int | None:
    """Return the processors that Celery counts on the nodes; None where they differ or are not known."""
    found = {node.fingerprint.cores for node in environment.nodes}
    return found.pop() if len(found) == 1 else None


def is_default(cell: CellSummary, count: int | None) -> bool:
    """Return whether a worker started without options is this cell; `count` processors."""
    alike = cell.model is Model.PREFORK and cell.replicas == 1 and cell.concurrency == count
    return alike and launch.is_stock(cell)


def _with_a_full_queue(of: Choices) -> tuple[list[CellSummary], list[CellSummary], list[CellSummary]]:
    ranking = of.verdict.ranking
    undecided = any(one.answer is not None and one.ratio.bounds is None for one in ranking)
    near = [one for one in ranking if one.ratio.estimate >= NEAR]
    best = ranking[:1] if undecided else [one for one in near if one.cell in of.verdict.best]
    enough = [one for one in near if _upper(one.ratio) >= ENOUGH]
    unchanged = [one for one in ranking if is_default(of.cells[one.cell], of.processors)]
    return _cells(of, best), _cells(of, enough), _cells(of, unchanged)


def _at_rates(of: Choices) -> tuple[list[CellSummary], list[CellSummary], list[CellSummary]]:
    kept = [one for one in of.verdict.sustained if one.cell is not None]
    highest = max((one.highest_kept or 0.0 for one in kept), default=0.0)
    top = [one for one in kept if one.highest_kept == highest]
    lowest = min((_upper(one.p99) for one in top if one.p99 is not None), default=0.0)
    best = [one for one in top if one.p99 is not None and _lower(one.p99) <= lowest]
    enough = [one for one in kept if (one.highest_kept or 0.0) >= ENOUGH * highest]
    unchanged = [one for one in kept if one.cell is not None and is_default(of.cells[one.cell], of.processors)]
    return _cells(of, best), _cells(of, enough), _cells(of, unchanged)


def _cells(of: Choices, found: Sequence[Ranked | Sustained]) -> list[CellSummary]:
    return [of.cells[one.cell] for one in found if one.cell is not None]


def _smallest(cells: Sequence[CellSummary]) -> CellSummary | None:
    """Return the cell with the smallest peak memory, the faster one of two alike."""
    return min(cells, key=_by_memory, default=None)


def _by_memory(cell: CellSummary) -> tuple[float, float]:
    assert cell.memory is not None and cell.throughput is not None
    return cell.memory.pss.peak.estimate, -cell.throughput.estimate


def _upper(of: Interval) -> float:
    return of.estimate if of.high is None else of.high


def _lower(of: Interval) -> float:
    return of.estimate if of.low is None else of.low
