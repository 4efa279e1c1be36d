"""Following an experiment, with a lab that answers as the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import cast

import pytest

from services.cli import follow
from services.cli.follow import Pace
from services.cli.progress import Display
from services.cli.reach import Reached
from services.core.errors import Conflict, StoreUnreachable
from services.core.experiment import Experiment, Record, State
from services.core.report import Health, ListedExperiment, Page, Progress, Report
from services.lab.door import Lab
from tests.unit.cli.example import at, experiment, line, report


@dataclass
class FakeLab:
    """Gives its answers one after another."""

    answers: Iterator[Report | StoreUnreachable]
    conductor: bool = True
    before: tuple[ListedExperiment, ...] = ()
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


#: Without pauses.
AT_ONCE = Pace(poll=0.0)


def followed(lab: FakeLab, pace: Pace = AT_ONCE) -> tuple[Report, list[str]]:
    shown = Shown()
    ticks: list[None] = []
    found = follow.follow(here(lab, ticks), experiment, cast("Display", shown), pace)
    assert len(ticks) == len(shown.waits)
    return found, shown.waits


def test_it_returns_the_report_once_the_experiment_has_ended() -> None:
    last = report(state=State.FAILED, reason="no trial finished")
    found, waits = followed(FakeLab(iter([report(state=State.RUNNING, now=at(0)), last])))
    assert found is last
    assert waits == ["", ""]


def test_the_labs_processes_are_supervised_while_redis_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every poll lasts until its timeout."""
    clock, ticks, shown = [0.0], list[None](), Shown()

    class Slow(FakeLab):
        def report(self, id: str) -> Report:
            clock[0] += 5
            return super().report(id)

    def sleep(length: float) -> None:
        assert length <= follow.PACE.poll
        clock[0] += length

    monkeypatch.setattr(follow, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=sleep))
    lab = Slow(iter([StoreUnreachable("Redis does not answer"), report()]))
    follow.follow(here(lab, ticks), experiment, cast("Display", shown))
    assert shown.waits == ["waiting for Redis: Redis does not answer", ""]
    assert clock[0] < 15
    assert len(ticks) > 8


def test_a_store_that_is_away_for_a_while_is_waited_for() -> None:
    away = StoreUnreachable("Redis does not answer")
    found, waits = followed(FakeLab(iter([away, away, report()])))
    assert found.state is State.FINISHED
    assert waits == ["waiting for Redis: Redis does not answer"] * 2 + [""]


def test_following_fails_when_the_store_does_not_come_back() -> None:
    with pytest.raises(StoreUnreachable):
        followed(FakeLab(iter([StoreUnreachable("Redis does not answer")] * 2)), Pace(poll=0.0, patience=0.0))


def test_missing_nodes_are_shown_with_their_cell() -> None:
    short = report(state=State.RUNNING, now=replace(at(0, phase="waits for node b, 40 s left"), waiting=True))
    assert followed(FakeLab(iter([short, report()])))[1] == ["threads@2 waits for node b, 40 s left", ""]


def test_a_missing_conductor_is_shown() -> None:
    waits = followed(FakeLab(iter([report(state=State.QUEUED), report()]), conductor=False))[1]
    assert waits[0] == "waiting for a conductor"


def test_an_experiment_ahead_in_the_queue_is_shown() -> None:
    queued = report(state=State.QUEUED)
    assert followed(FakeLab(iter([queued, report()]), before=(line(),)))[1][0] == ""
    older = line(older=True)
    assert "00000000" in followed(FakeLab(iter([queued, report()]), before=(older,)))[1][0]


def test_cancelling_waits_until_the_conductor_has_done_it() -> None:
    lab = FakeLab(iter([report(state=State.RUNNING), report(state=State.CANCELLED)]))
    shown = Shown()
    follow.cancel(here(lab, []), experiment, cast("Display", shown), AT_ONCE)
    assert lab.cancelled == [experiment.id]
    assert "1a2b3c4d is cancelled" in shown.said[-1]


def test_cancelling_without_a_conductor_does_not_claim_to_have_done_it() -> None:
    shown, lab = Shown(), FakeLab(iter([report(state=State.RUNNING)] * 2))
    follow.cancel(here(lab, []), experiment, cast("Display", shown), Pace(poll=0.0, cancelling=0.0))
    assert "will be cancelled" in shown.said[-1]


def test_cancelling_an_experiment_that_has_just_ended_prints_nothing() -> None:
    shown = Shown()
    follow.cancel(here(FakeLab(iter([]), ended=True), []), experiment, cast("Display", shown))
    assert shown.said == []
