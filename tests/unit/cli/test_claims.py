"""Claims as text."""

from __future__ import annotations

from services.analysis.claims.catalogue import JUDGES, NOT_YET
from services.cli.claims import text
from services.core.claims import ClaimReport, Judged, JudgedLine, Standing
from services.views.columns import WIDTH


def told(standing: Standing, found: str) -> tuple[ClaimReport, ...]:
    return tuple(
        ClaimReport(claim=judge.claim, judged=Judged(standing=standing, found=found)) for judge in JUDGES.values()
    )


def test_a_claim_stands_beside_its_standing_with_the_figure_below() -> None:
    said = text(told(Standing.CLOSE, "2 threads do 1.2 times (1.1 to 1.4) the work of one thread."))
    assert (
        "  too close to call  Threads share memory.\n"
        "                     2 threads do 1.2 times (1.1 to 1.4) the work of one thread.\n"
    ) in said


def test_every_topic_is_a_heading_and_the_end_counts() -> None:
    said = text((*told(Standing.HOLDS, "So it is.")[:2], ClaimReport(claim=JUDGES["gil"].claim, judged=NOT_YET)))
    assert said.startswith("Threads\n")
    assert said.endswith("3 claims: 2 holds, 1 not measured.")


def test_no_line_is_wider_than_a_terminal() -> None:
    assert max(len(line) for line in text(told(Standing.FAILS, "word " * 60)).splitlines()) <= WIDTH


def test_a_doubt_stands_in_the_column_of_the_standing() -> None:
    said = text(told(Standing.HOLDS_BUSY, "2 threads do 1.02 times the work of one thread.")[:1])
    assert (
        "  holds, but the     Threads share memory.\n"
        "  machine was busy   2 threads do 1.02 times the work of one thread.\n"
    ) in said


def test_a_claim_of_several_experiments_has_a_line_for_each() -> None:
    lines = (
        JudgedLine(preset="waiting", standing=Standing.HOLDS_BUSY, found="16 threads do 14 times as much."),
        JudgedLine(preset="HTTP", standing=Standing.OPEN, found=""),
    )
    judged = Judged(standing=Standing.OPEN, found="Still to be measured: HTTP and files.", lines=lines)
    said = text((ClaimReport(claim=JUDGES["threads-for-io"].claim, judged=judged),))
    assert "- waiting: holds, but the machine was busy. 16 threads do\n                       14 times as much." in said
    assert "- HTTP: not measured." in said
