"""Claims as text."""

from __future__ import annotations

from collections.abc import Sequence

from services.analysis.claims.catalogue import JUDGES, NOT_YET
from services.cli import terminal
from services.cli.claims import blocks
from services.core.claims import ClaimReport, Judged, JudgedLine, Standing


def text(found: Sequence[ClaimReport]) -> str:
    return terminal.text(*blocks(found))


def judged(standing: Standing, found: str) -> tuple[ClaimReport, ...]:
    return tuple(
        ClaimReport(claim=judge.claim, judged=Judged(standing=standing, result=found)) for judge in JUDGES.values()
    )


def test_a_claim_is_beside_its_standing_with_the_figure_below() -> None:
    _, first, second, *_ = text(judged(Standing.CLOSE, "The figure.")).splitlines()
    assert first.split() == [*str(Standing.CLOSE).split(), "Threads", "share", "memory."]
    assert second.strip() == "The figure." and second.index("The") == first.index("Threads")


def test_every_topic_is_a_heading_and_the_end_counts() -> None:
    shown = text((*judged(Standing.HOLDS, "A.")[:2], ClaimReport(claim=JUDGES["gil"].claim, judged=NOT_YET)))
    assert shown.startswith("Threads\n")
    assert shown.endswith(f"3 claims: 2 {Standing.HOLDS}, 1 {Standing.OPEN}.")


def test_no_line_is_wider_than_a_terminal() -> None:
    assert max(map(len, text(judged(Standing.FAILS, "word " * 60)).splitlines())) <= terminal.WIDTH


def test_a_claim_of_several_experiments_has_a_line_for_each() -> None:
    lines = (
        JudgedLine(preset="waiting", standing=Standing.HOLDS, result="word " * 20),
        JudgedLine(preset="HTTP", standing=Standing.OPEN, result=""),
    )
    report = ClaimReport(
        claim=JUDGES["threads-for-io"].claim, judged=Judged(standing=Standing.OPEN, result="", lines=lines)
    )
    shown = [line[21:] for line in text((report,)).splitlines()]
    assert f"-  HTTP: {Standing.OPEN}." in shown
    first = next(place for place, line in enumerate(shown) if line.startswith(f"-  waiting: {Standing.HOLDS}. word"))
    assert shown[first + 1].startswith("   word")
