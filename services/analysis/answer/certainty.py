"""How sure the picks are, and what would make them surer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, log
from typing import Final

from services.core.advice import Certainty, Sureness
from services.core.quantities import counted
from services.core.report import Answer, VariantVerdict
from services.core.summary import CellSummary

#: Difference that more repeats should be able to show.
WANTED: Final = 0.05
#: More repeats than this are no advice: the machine is too noisy.
MOST_REPEATS: Final = 30
FEWEST_REPEATS: Final = 3
_QUIETER: Final = "A quieter machine: here figures scatter too much for more repeats to help."


def certainty(verdict: VariantVerdict, picked: Sequence[str], cells: Mapping[str, CellSummary]) -> Certainty:
    """Return how sure the picked cells of a variant are; at least one is picked. `cells` are those of the variant."""
    chosen = [cells[name] for name in picked]
    repeats = min(cell.finished for cell in chosen)
    warned = {warning.name: warning for cell in chosen for warning in cell.warnings if warning.doubt}
    sureness = _sureness(verdict)
    surer = [warning.remedy for warning in warned.values()]
    if more := _repeats(verdict, sureness, repeats, quiet=not warned):
        surer.append(more)
    return Certainty(
        sureness=sureness,
        repeats=repeats,
        equally_good=verdict.best if len(verdict.best) > 1 else (),
        doubts=tuple(warning.doubt for warning in warned.values()),
        surer=tuple(dict.fromkeys(surer)),
    )


def _sureness(verdict: VariantVerdict) -> Sureness:
    if not verdict.ranking:
        return Sureness.KEPT
    if len(verdict.ranking) == 1:
        return Sureness.ALONE
    if any(one.answer is not None and one.ratio.bounds is None for one in verdict.ranking):
        return Sureness.SINGLE
    if len(verdict.best) == 1:
        return Sureness.CLEAR
    tied = [one.answer for one in verdict.ranking if one.cell in verdict.best and one.answer is not None]
    return Sureness.EQUAL if all(each is Answer.EQUAL for each in tied) else Sureness.CLOSE


def _repeats(verdict: VariantVerdict, sureness: Sureness, repeats: int, *, quiet: bool) -> str:
    """Return an advice to repeat; empty where repeats decide nothing more.

    The width of an interval falls with the square root of the repeats. `quiet`: the picks have no doubts; the remedies
    of doubts come first.
    """
    if sureness is Sureness.CLOSE and verdict.resolution is not None:
        needed = ceil(repeats * (log(1 + verdict.resolution) / log(1 + WANTED)) ** 2)
        if needed > MOST_REPEATS:
            return _QUIETER if quiet else ""
        return f"About {counted(max(needed, repeats + 1), 'repeat')} (--repeats), to see differences of 5 %."
    if repeats < FEWEST_REPEATS:
        return f"At least {counted(FEWEST_REPEATS, 'repeat')} (--repeats)."
    return ""
