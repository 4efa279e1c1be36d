"""The claims of the guide, put together for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.core.claims import Claim, ClaimReport, Standing, Topic
from services.core.experiment import State

#: What the button on top of the page measures: the shortest way to see the GIL.
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
    def spoiled(self) -> State | None:
        """How its experiment ended, if it did not finish as it should.

        An experiment fails when no trial finished; a claim that is judged all the same rests on trials meant to fail.
        """
        if self.report.state is State.FAILED and self.report.judged.standing is not Standing.OPEN:
            return None
        return self.report.state if self.report.state in (State.FAILED, State.CANCELLED) else None

    @property
    def measured(self) -> bool:
        """Whether there is something to show: a verdict, or why there is none."""
        return not self.running and (self.report.judged.standing is not Standing.OPEN or bool(self.report.judged.found))


def shown(reports: Sequence[ClaimReport]) -> tuple[Shown, ...]:
    """Every claim with its siblings, in the order of the catalogue."""
    return tuple(Shown(report=one, siblings=_siblings(one.claim, reports)) for one in reports)


def by_topic(claims: Sequence[Shown], topic: Topic) -> tuple[Shown, ...]:
    """Those about one model."""
    return tuple(one for one in claims if one.claim.topic is topic)


def one_a_preset(reports: Sequence[ClaimReport]) -> tuple[str, ...]:
    """Names of claims that between them measure every preset once."""
    return tuple({one.claim.preset: one.claim.name for one in reversed(reports)}.values())[::-1]


def _siblings(claim: Claim, reports: Sequence[ClaimReport]) -> tuple[Claim, ...]:
    others = (one.claim for one in reports)
    return tuple(one for one in others if one.preset == claim.preset and one.name != claim.name)
