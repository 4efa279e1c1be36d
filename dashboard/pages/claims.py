"""The claims of the guide, put together for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.core.claims import Claim, ClaimReport, Topic

#: The claim that the button on top of the page measures: the shortest way to see the GIL.
FIRST: Final = "gil"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A claim with what its part of the page shows of it."""

    report: ClaimReport
    #: Claims that the same experiment answers.
    siblings: tuple[Claim, ...]

    @property
    def claim(self) -> Claim:
        """The claim itself."""
        return self.report.claim

    @property
    def running(self) -> bool:
        """Whether its experiment is under way."""
        return self.report.state is not None and not self.report.state.ended

    @property
    def measured(self) -> bool:
        """Whether there is something to show: a verdict, or why there is none."""
        return bool(self.report.judged.result)


def shown(reports: Sequence[ClaimReport]) -> tuple[Shown, ...]:
    """Return every claim with its siblings, in the order of the catalogue."""
    return tuple(Shown(report=one, siblings=_siblings(one.claim, reports)) for one in reports)


def by_topic(claims: Sequence[Shown], topic: Topic) -> tuple[Shown, ...]:
    """Return the claims about one model."""
    return tuple(one for one in claims if one.claim.topic is topic)


def _siblings(claim: Claim, reports: Sequence[ClaimReport]) -> tuple[Claim, ...]:
    others = (one.claim for one in reports)
    return tuple(one for one in others if set(one.presets) & set(claim.presets) and one.name != claim.name)
