"""Following an experiment, with a lab that tells what the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import cast

import pytest
from rich.console import Console

from services.cli import follow
from services.cli.progress import Bar, Display, Lines
from services.cli.reach import Reached
from services.core.errors import Conflict, StoreUnreachable
from services.core.experiment import Experiment, Record, State
from services.core.report import Health, Line, Now, Page, Progress, Report
from services.lab.door import Lab
from tests.unit.cli.example import experiment, line, report


def at(trial: int, *, phase: str = "ping", repeat: int = 1) -> Now:
    return Now(trial=trial, cell="threads@2", repeat=repeat, phase=phase)


@dataclass
class FakeLab:
    """Gives its answers one after another."""

    answers: Iterator[Report | StoreUnreachable]
    conductor: bool = True
    before: tuple[Line, ...] = ()
    cancelled: list[str] = field(default_factory=list)
    ended: bool = False

    def report(self, id: str) -> Report:
        assert id == experiment.id
        answer = next(self.answers)
        if isinstance(answer, StoreUnreachable):
            raise answer
        return answer

    def health(self) -> Health:
        return Health(store=True, reason="", conductor=self.conductor, nodes=1)

    def experiments(self) -> Page:
        return Page(lines=self.before, total=len(self.before))

    def cancel(self, id: str) -> Record:
        if self.ended:
            raise Conflict("it is finished already")
        self.cancelled.append(id)
        return Record(experiment=experiment, state=State.RUNNING, blocks=3, total=9)


class Shown:
    """A display that remembers."""

    def __init__(self) -> None:
        self.waits: list[str] = []
        self.said: list[str] = []

    def show(self, experiment: Experiment, progress: Progress, waits: str) -> None:  # noqa: ARG002 - Display's
        self.waits.append(waits)

    def say(self, text: str) -> None:
        self.said.append(text)


def here(lab: FakeLab, ticks: list[None]) -> Reached:
    return Reached(lab=cast("Lab", lab), dashboard=None, tick=lambda: ticks.append(None))


def followed(lab: FakeLab) -> tuple[Report, list[str]]:
    shown = Shown()
    ticks: list[None] = []
    found = follow.follow(here(lab, ticks), experiment, cast("Display", shown))
    assert len(ticks) == len(shown.waits)
    return found, shown.waits


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "LOOK", 0.0)


def test_it_returns_the_report_once_the_experiment_has_ended() -> None:
    last = report(state=State.FAILED, reason="no trial finished")
    found, waits = followed(FakeLab(iter([report(state=State.RUNNING, now=at(0)), last])))
    assert found is last
    assert waits == ["", ""]


def test_a_look_that_took_long_does_not_freeze_the_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that hangs makes every look last until its timeout; the lab's processes are looked after meanwhile."""
    clock, ticks, shown = [0.0], list[None](), Shown()

    class Slow(FakeLab):
        def report(self, id: str) -> Report:
            clock[0] += 5
            return super().report(id)

    def sleep(length: float) -> None:
        assert length <= follow.LOOK
        clock[0] += length

    monkeypatch.setattr(follow, "LOOK", 0.2)
    monkeypatch.setattr(follow, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=sleep))
    lab = Slow(iter([StoreUnreachable("Redis does not answer"), report()]))
    follow.follow(here(lab, ticks), experiment, cast("Display", shown))
    assert shown.waits == ["waits for the store: Redis does not answer", ""]
    assert clock[0] < 15
    assert len(ticks) > 8


def test_a_store_that_is_away_for_a_while_is_waited_for() -> None:
    away = StoreUnreachable("Redis does not answer")
    found, waits = followed(FakeLab(iter([away, away, report()])))
    assert found.state is State.FINISHED
    assert waits == ["waits for the store: Redis does not answer"] * 2 + [""]


def test_a_store_that_does_not_come_back_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "PATIENCE", 0.0)
    with pytest.raises(StoreUnreachable):
        followed(FakeLab(iter([StoreUnreachable("Redis does not answer")] * 2)))


def test_it_says_that_nodes_are_missing_and_for_which_cell() -> None:
    short = report(state=State.RUNNING, now=replace(at(0, phase="waits for node b, 40 s left"), waits=True))
    assert followed(FakeLab(iter([short, report()])))[1] == ["threads@2 waits for node b, 40 s left", ""]


def test_it_says_that_no_conductor_takes_the_experiment() -> None:
    waits = followed(FakeLab(iter([report(state=State.QUEUED), report()]), conductor=False))[1]
    assert waits[0] == "waits for a conductor"


def test_it_says_which_experiment_comes_first() -> None:
    queued = report(state=State.QUEUED)
    assert followed(FakeLab(iter([queued, report()]), before=(line(),)))[1][0] == ""
    older = line(older=True)
    assert "waits for experiment 00000000" in followed(FakeLab(iter([queued, report()]), before=(older,)))[1][0]


def test_cancelling_waits_for_the_conductor_to_see_it_and_says_where_the_rest_is() -> None:
    lab = FakeLab(iter([report(state=State.RUNNING), report(state=State.CANCELLED)]))
    shown = Shown()
    follow.cancel(here(lab, []), experiment, cast("Display", shown))
    assert lab.cancelled == [experiment.id]
    assert shown.said[-1] == "Experiment 1a2b3c4d is cancelled; what was measured is kept: lab show 1a2b3c4d"


def test_cancelling_without_a_conductor_does_not_claim_to_have_done_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "CANCELLING", 0.0)
    shown = Shown()
    follow.cancel(here(FakeLab(iter([report(state=State.RUNNING)] * 2)), []), experiment, cast("Display", shown))
    assert "will be cancelled as soon as" in shown.said[-1]


def test_cancelling_what_has_just_ended_says_nothing() -> None:
    shown = Shown()
    follow.cancel(here(FakeLab(iter([]), ended=True), []), experiment, cast("Display", shown))
    assert shown.said == []


def test_a_log_gets_a_line_when_a_trial_begins_and_none_for_its_phases(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    for now in (at(0, phase="start"), at(0, phase="ping"), at(1, repeat=2)):
        lines.show(experiment, Progress(done=now.trial, total=9, left=65.0 if now.trial else None, now=now), "")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "0/9 threads@2, repeat 2 of 3",
        "1/9 threads@2, repeat 3 of 3, 1 min 05 s left",
    ]


def test_a_log_gets_a_line_when_the_experiment_has_to_wait_and_when_it_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = Lines()
    progress = Progress(done=0, total=9, now=at(0))
    for waits in ("", "waits for a conductor", "waits for a conductor", "", "waits for a conductor"):
        lines.show(experiment, progress, waits)
    assert [one[:5] for one in capsys.readouterr().err.splitlines()] == ["0/9 t", "waits", "0/9 t", "waits"]


def test_a_terminal_shows_bar_count_time_left_and_phase(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(stderr=True, force_terminal=True, width=80, legacy_windows=False, no_color=True)
    with Bar(console) as bar:
        bar.say("a word besides [1]")
        bar.show(experiment, Progress(done=3, total=9, left=40.0, now=at(3, phase="saturate")), "")
        bar.show(experiment, Progress(done=4, total=9), "waits for the store: [b]it is away[/b]")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "[b]it is away[/b]" in captured.err
    assert "a word besides [1]" in captured.err
    assert "3/9" in captured.err and "40 s left" in captured.err
    assert "threads@2, repeat 2 of 3: saturate" in captured.err
