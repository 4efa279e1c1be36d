"""The verdict on one variant with a full queue: cells ranked by throughput, with ties, and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.analysis.across import blocks, wording
from services.analysis.across.blocks import Family, Rates
from services.analysis.cells import by_block
from services.core.labels import bare, listed
from services.core.models import Model
from services.core.quantities import counted, number, percent
from services.core.report import Answer, Lead, Ranked, VariantVerdict
from services.core.summary import ITSELF, CellSummary, Interval
from services.core.units import Value

#: Throughputs are equal where the interval of their ratio is within this share.
EQUAL: Final = 0.05
_TOO_CLOSE: Final = "too close to call"
_NO_DECISION: Final = "not enough data"


@dataclass(frozen=True, slots=True)
class _Variant:
    """The measured cells of a variant by name, and their comparison."""

    cells: dict[str, CellSummary]
    rates: Rates
    family: Family
    #: Cells that share a rank, fastest rank first.
    ranks: Sequence[Sequence[str]]

    def bare(self, name: str) -> str:
        return bare(self.cells[name])

    @property
    def first(self) -> str:
        return self.ranks[0][0]


def answer(ratio: Interval) -> Answer:
    """Return whether two throughputs differ, are equal within 5 %, or there is not enough data."""
    if ratio.bounds is None:
        return Answer.NOT_ENOUGH
    low, high = ratio.bounds
    if high < 1 or low > 1:
        return Answer.DIFFERS
    return Answer.EQUAL if low >= 1 / (1 + EQUAL) and high <= 1 + EQUAL else Answer.NOT_ENOUGH


def verdict(variant: dict[str, Value], cells: Sequence[CellSummary], *, ended: bool) -> VariantVerdict:
    """Rank the cells, at least one with figures. `ended`: no further trial will come.

    Cells are ordered by throughput with block effects removed. A cell shares the rank of the fastest if it is not told
    apart from it, else that of the fastest among those placed last before it, if it is not told apart from that; else
    it has a rank of its own, one more than the cells before it.
    """
    of = _compared(cells)
    ranking: list[Ranked] = []
    for group in of.ranks:
        rank = len(ranking) + 1
        ranking += [_ranked(of, name, rank) for name in group]
    resolution, lead = _resolution(of), _lead(of)
    brief, text = _words(of, lead, resolution, among=len(cells), ended=ended)
    return VariantVerdict(
        variant=variant,
        text=f"{text}.",
        brief=brief,
        best=tuple(of.ranks[0]),
        ranking=tuple(ranking),
        resolution=resolution,
        lead=lead,
    )


def _compared(cells: Sequence[CellSummary]) -> _Variant:
    measured = {cell.name: cell for cell in cells if cell.throughput is not None}
    rates = {name: by_block.rates(cell) for name, cell in measured.items()}
    family = blocks.family(rates)
    ranks = [[family.order[0]]]
    for name in family.order[1:]:
        if _together(family, name, ranks[0][0]):
            ranks[0].append(name)
        elif _together(family, name, ranks[-1][0]):
            ranks[-1].append(name)
        else:
            ranks.append([name])
    return _Variant(cells=measured, rates=rates, family=family, ranks=ranks)


def _together(family: Family, slower: str, faster: str) -> bool:
    return answer(family.ratio(slower, faster)) is not Answer.DIFFERS


def _ranked(of: _Variant, name: str, rank: int) -> Ranked:
    if name == of.first:
        return Ranked(cell=name, rank=rank, ratio=ITSELF, answer=None)
    ratio = of.family.ratio(name, of.first)
    return Ranked(cell=name, rank=rank, ratio=ratio, answer=answer(ratio))


def _resolution(of: _Variant) -> float | None:
    """Return the resolution of the least certain comparison between the fastest cell and the others of rank 1."""
    found = [blocks.resolution(of.family.ratio(of.first, name)) for name in of.ranks[0][1:]]
    known = [one for one in found if one is not None]
    return max(known) if known and len(known) == len(found) else None


def _lead(of: _Variant) -> Lead | None:
    """Return the lead of the fastest cell over sequential of a lower rank, else over the fastest of the next rank.

    Within rank 1 only if a single repeat decides nothing. Choosing the fastest cell biases its lead upwards, so the
    ratio comes from blocks that were not used for choosing it (ADR 11); the interval is simultaneous for all pairs of
    the variant.
    """
    others = [name for group in of.ranks[1:] for name in group]
    if not others and _undecided(of):
        others = list(of.ranks[0][1:])
    if not others:
        return None
    sequential = [name for name in others if of.cells[name].model is Model.SEQUENTIAL]
    over = min(sequential, key=lambda name: of.cells[name].replicas, default=others[0])
    ratio = of.family.ratio(of.first, over)
    if len(of.cells) > 2 and ratio.bounds is not None:
        low, high = ratio.bounds
        unbiased = blocks.unselected(of.rates, over)
        ratio = ratio if unbiased is None else replace(ratio, estimate=min(max(unbiased, low), high))
    return Lead(cell=of.first, over=over, ratio=ratio)


def _undecided(of: _Variant) -> bool:
    """Return whether some comparison with the fastest cell has no interval."""
    return any(of.family.ratio(of.first, name).bounds is None for name in of.family.order[1:])


def _words(of: _Variant, lead: Lead | None, resolution: float | None, *, among: int, ended: bool) -> tuple[str, str]:
    """Return the verdict as a clause, and in full."""
    if len(of.cells) == 1:
        return _alone(of.cells[of.first], among=among, ended=ended)
    ahead = "" if lead is None else f"{wording.times(lead.ratio)} {of.bare(lead.over)}"
    best = of.ranks[0]
    if len(best) > 1 and resolution is None:
        text = f"{of.bare(of.first)} was fastest with {_rate(of, of.first)} tasks/s{ahead and f', {ahead}'}"
        return _NO_DECISION, f"{text}, but with a single repeat this may be chance"
    bounds = "" if lead is None else wording.bounds(lead.ratio)
    if len(best) == 1:
        brief = f"{of.bare(of.first)} is fastest, {ahead}"
        return brief, f"{of.bare(of.first)} is fastest: {_rate(of, of.first)} tasks/s, {ahead}{bounds}"
    brief, text = _tied(of, resolution or 0.0)
    return brief, f"{text}; {of.bare(of.first)} does {ahead}{bounds}" if lead is not None else text


def _tied(of: _Variant, resolution: float) -> tuple[str, str]:
    best = of.ranks[0]
    names = listed([of.bare(name) for name in best])
    rates = sorted(best, key=lambda name: of.cells[name].throughput.estimate)  # type: ignore[union-attr]
    slowest, fastest = _rate(of, rates[0]), _rate(of, rates[-1])
    at = f"at {fastest} tasks/s" if slowest == fastest else f"at {slowest} to {fastest} tasks/s"
    if all(answer(of.family.ratio(name, of.first)) is Answer.EQUAL for name in best[1:]):
        brief = f"{names} are equally fast within {percent(EQUAL)}"
        return brief, f"{brief}, {at}"
    brief = _TOO_CLOSE if len(best) == len(of.cells) else f"{_TOO_CLOSE} between {names}"
    repeats = counted(min(of.cells[name].finished for name in best), "repeat")
    unseen = f"differences under {wording.difference(resolution)} cannot be seen with {repeats}"
    return brief, f"Too close to call between {names}, {at}: {unseen}"


def _alone(cell: CellSummary, *, among: int, ended: bool) -> tuple[str, str]:
    assert cell.throughput is not None
    rate = cell.throughput
    brief = text = f"{bare(cell)} does {number(rate.estimate)} tasks/s"
    if rate.bounds is not None:
        text += f" ({' to '.join(map(number, rate.bounds))})"
    if among == 1:
        return brief, f"{text}; there is no other cell to compare it with"
    return brief, f"{text}; no other cell has a finished trial{'' if ended else ' yet'}"


def _rate(of: _Variant, name: str) -> str:
    throughput = of.cells[name].throughput
    assert throughput is not None
    return number(throughput.estimate)
