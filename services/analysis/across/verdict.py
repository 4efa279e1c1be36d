"""The verdict on an experiment: one per variant, the doubts about them, and the headline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.analysis.across import ranking, sustaining
from services.core.labels import bare, listed, variant_label
from services.core.report import Doubt, VariantVerdict, Verdict
from services.core.summary import CellSummary
from services.core.units import Value

#: Variants that a headline names one by one, and doubts.
MOST_VARIANTS: Final = 4
MOST_DOUBTS: Final = 2


def reach(cells: Sequence[CellSummary], units: Mapping[str, str], *, ended: bool) -> Verdict:
    """Return the verdict: cells that do the same work under the same load are compared.

    `units` are those of the workload's parameters, as declared; `ended`: no further trial will come.
    """
    measured = [
        (of, _verdict(of, ended=ended)) for of in _by_variant(cells) if any(cell.throughput is not None for cell in of)
    ]
    if not measured:
        return Verdict(text=_nothing(cells, ended=ended))
    variants = tuple(found for _, found in measured)
    doubts = tuple(_doubts(cells, variants))
    names = {cell.name: bare(cell) for cell in cells}
    text = _headline(variants, units, names) if len(_by_variant(cells)) > 1 else variants[0].text
    return Verdict(
        text=f"{_not_reliable(doubts)}{'' if ended else 'So far: '}{text}",
        doubts=doubts,
        variants=variants,
    )


def _by_variant(cells: Iterable[CellSummary]) -> list[list[CellSummary]]:
    """Return the cells grouped by work and kind of load, in their order."""
    found: dict[tuple[object, ...], list[CellSummary]] = {}
    for cell in cells:
        found.setdefault((cell.rate is not None, *cell.variant.items()), []).append(cell)
    return list(found.values())


def _verdict(cells: Sequence[CellSummary], *, ended: bool) -> VariantVerdict:
    variant: dict[str, Value] = cells[0].variant
    if cells[0].rate is not None:
        return sustaining.verdict(variant, cells)
    return ranking.verdict(variant, cells, ended=ended)


def _doubts(cells: Sequence[CellSummary], variants: Iterable[VariantVerdict]) -> Iterable[Doubt]:
    """Return the validity warnings about first-rank cells."""
    first = {name for one in variants for name in one.best}
    first |= {one.cell for found in variants for one in found.sustained if one.cell is not None}
    for cell in cells:
        if cell.name in first:
            for warned in cell.warnings:
                if warned.doubt:
                    yield Doubt(name=warned.name, cell=cell.name, text=warned.doubt)


def _not_reliable(doubts: Sequence[Doubt]) -> str:
    """Return the beginning of a headline: one doubt of each kind, the most frequent kind first."""
    if not doubts:
        return ""
    kinds = [name for name, _ in Counter(doubt.name for doubt in doubts).most_common()]
    texts = [next(doubt.text for doubt in doubts if doubt.name is kind) for kind in kinds]
    more = len(texts) - MOST_DOUBTS
    return f"Not reliable: {'; '.join(texts[:MOST_DOUBTS])}{f'; and {more} more' if more > 0 else ''}. "


def _headline(variants: Sequence[VariantVerdict], units: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return one clause per variant; for many variants the number that each cell wins. `names` maps cell names."""
    if len(variants) <= MOST_VARIANTS:
        return " ".join(f"{variant_label(one.variant, units)}: {one.brief}." for one in variants)
    if any(one.sustained for one in variants):
        more = len(variants) - MOST_VARIANTS
        return f"{_headline(variants[:MOST_VARIANTS], units, names)} There are {more} more variants."
    if all(len(one.ranking) == 1 for one in variants):
        return f"{len(variants)} variants with one cell each: there is nothing to compare within a variant."
    won: dict[str, list[str]] = {}
    for one in variants:
        if len(one.best) == 1 and one.lead is not None:
            won.setdefault(names[one.best[0]], []).append(variant_label(one.variant, units))
    undecided = len(variants) - sum(map(len, won.values()))
    if not won:
        return f"No cell is fastest in any of {len(variants)} variants."
    wins = "; ".join(
        f"{name} is fastest in {len(labels)} of {len(variants)} variants ({listed(labels, most=4)})"
        for name, labels in sorted(won.items(), key=lambda item: -len(item[1]))
    )
    return f"{wins}{f'; no single cell is fastest in {undecided}' if undecided else ''}."


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
