"""What changes about an experiment is told in order, from wherever one left off."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import pytest

from services.core.codec import from_json
from services.core.errors import NotFound
from services.core.experiment import State
from services.core.report import Change, CurrentTrial
from services.core.timeline import Bar, Timeline
from services.store.connection import Client
from services.store.events import FIRST, Events
from services.store.experiments import Experiments
from tests.unit.analysis import made

NOW = CurrentTrial(trial=0, cell="threads@2", repeat=0, phase="ping")


@pytest.fixture
def ledger(store: Client) -> Experiments:
    return Experiments(store)


@pytest.fixture
def events(store: Client) -> Events:
    return Events(store)


def test_everything_that_happens_to_an_experiment_is_reported_in_order(ledger: Experiments, events: Events) -> None:
    record = made.record(State.QUEUED)
    ledger.add(record, made.plan(made.PREFORK))
    ledger.set_now("e1", NOW)
    ledger.save_trial(made.result(50, index=3))
    ledger.update(replace(record, state=State.FINISHED))
    told = events.after("e1", FIRST, patience=0.01)
    assert [one.change for one in told] == [Change.RECORD, Change.NOW, Change.TRIAL, Change.RECORD]
    queued, now, trial, finished = (one.data for one in told)
    assert (json.loads(queued), json.loads(finished), trial) == ("queued", "finished", "3")
    assert from_json(CurrentTrial, now) == NOW


def test_a_follower_that_returns_gets_what_it_missed_and_nothing_twice(ledger: Experiments, events: Events) -> None:
    ledger.set_now("e1", NOW)
    (seen,) = events.after("e1", FIRST, patience=0.01)
    ledger.save_trial(made.result(50))
    (missed,) = events.after("e1", seen.id, patience=0.01)
    assert missed.change is Change.TRIAL
    assert events.after("e1", missed.id, patience=0.01) == ()


def test_the_latest_event_is_where_a_newcomer_begins(ledger: Experiments, events: Events) -> None:
    assert events.last("e1") == FIRST
    ledger.set_now("e1", NOW)
    assert events.after("e1", events.last("e1"), patience=0.01) == ()


def test_a_waiting_follower_gets_a_change_at_once(ledger: Experiments, events: Events) -> None:
    later = threading.Timer(0.1, ledger.set_now, ("e1", NOW))
    later.start()
    began = time.monotonic()
    assert len(events.after("e1", FIRST, patience=4)) == 1
    assert time.monotonic() - began < 3
    later.join()


def test_experiments_are_told_apart(ledger: Experiments, events: Events) -> None:
    ledger.set_now("e1", NOW)
    assert events.after("e2", FIRST, patience=0.01) == ()


def test_what_cannot_be_an_event_is_refused(events: Events) -> None:
    for id in ["", "x", "$", "1-", "1-x", "-1", "1-2-3", "9" * 30, "١"]:
        with pytest.raises(ValueError, match="no event can be called"):
            events.after("e1", id, patience=0.01)


def test_a_trials_timeline_is_kept_beside_its_result(ledger: Experiments) -> None:
    bar = Bar(node="a", slot=0, pid=1, thread=2, started=0.0, finished=0.5, cpu=0.25)
    ledger.save_trial(made.result(50, index=2), Timeline(bars=(bar,), tasks=9))
    assert ledger.timeline("e1", 2) == Timeline(bars=(bar,), tasks=9)


@pytest.mark.parametrize("id", ["e1", "e2", "e1:x", "ä"])
def test_a_timeline_that_is_not_there_is_not_found(ledger: Experiments, id: str) -> None:
    ledger.save_trial(made.result(None, index=2))
    with pytest.raises(NotFound, match="there is no timeline"):
        ledger.timeline(id, 2)


def of_preset(ledger: Experiments, id: str, last: str | None) -> bool:
    record = made.record(State.QUEUED)
    named = replace(record, experiment=replace(record.experiment, id=id))
    return ledger.add_of_preset(named, made.plan(made.PREFORK), "computing", last)


def test_the_experiments_of_a_preset_are_known_newest_first(ledger: Experiments) -> None:
    assert ledger.of_preset("computing") == ()
    assert of_preset(ledger, "e1", None) and of_preset(ledger, "e2", "e1")
    other = made.record(State.QUEUED)
    ledger.add(replace(other, experiment=replace(other.experiment, id="e3")), made.plan(made.PREFORK))
    assert ledger.of_preset("computing") == ("e2", "e1")
    assert ledger.of_preset("waiting") == ()


def test_one_of_two_simultaneous_requests_for_a_preset_looks_again(ledger: Experiments) -> None:
    assert of_preset(ledger, "e1", None)
    assert not of_preset(ledger, "e2", None)
    assert ledger.open() == ("e1",)


def test_a_request_to_cancel_is_reported(ledger: Experiments, events: Events) -> None:
    ledger.ask_cancel("e1")
    (told,) = events.after("e1", FIRST, patience=0.01)
    assert (told.change, json.loads(told.data)) == (Change.RECORD, "cancelling")
