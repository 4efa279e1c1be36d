"""What goes wrong with one experiment concerns no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.conductor import conductor as room
from services.core.experiment import Record, State, Trial
from services.core.trial import TrialResult
from services.store import keys
from services.store.listing import Listing
from tests.live import until
from tests.unit.analysis import made
from tests.unit.conductor.podium import Podium


def test_an_unexpected_error_fails_one_experiment_with_the_reason_and_the_next_one_runs(
    podium: Podium, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(record: Record, *_: object, **__: object) -> str:
        return {"e2": ""}[record.experiment.id]

    monkeypatch.setattr(room, "enough", broken)
    podium.measured(podium.submit("e1", created=1))
    podium.measured(podium.submit("e2", created=2))
    podium.conductor.run()
    assert podium.state("e1") is State.FAILED
    assert podium.ledger.get("e1").reason == "the conductor failed (KeyError: 'e1'): see its log"
    assert "Traceback" in caplog.text and "experiment e1 failed" in caplog.text
    assert podium.state("e2") is State.FINISHED
    assert podium.ledger.open() == ()


def test_a_bad_record_that_is_to_be_cancelled_is_set_aside_and_ends_no_other_experiment(
    podium: Podium, caplog: pytest.LogCaptureFixture
) -> None:
    podium.submit("e1", created=1)
    podium.submit("bad", created=2)
    podium.submit("list", created=3)
    podium.client.set(keys.experiment("bad"), "garbage")
    podium.client.delete(keys.experiment("list"))
    podium.client.lpush(keys.experiment("list"), "of another type")
    podium.client.zadd(keys.OPEN, {"ffffffff": 1})
    with podium.running():
        podium.waits("e1")
        for id in ("bad", "list", "ffffffff"):
            podium.ledger.ask_cancel(id)
        until(lambda: len(podium.ledger.aside()) == 3, seconds=5)
        assert podium.ledger.open() == ("e1",)
        assert not podium.ledger.to_cancel()
        assert podium.state("e1") is State.RUNNING
    assert podium.ledger.aside()["ffffffff"] == "there is no experiment ffffffff"
    assert podium.ledger.aside()["bad"].startswith("not a Record: ")
    assert "WRONGTYPE" in podium.ledger.aside()["list"]
    assert caplog.text.count("experiment bad cannot be read and is set aside") == 1


def test_a_look_for_cancellations_costs_the_same_however_many_experiments_are_queued(podium: Podium) -> None:
    for number in range(50):
        podium.submit(f"e{number}", created=number)
    with podium.running():
        podium.waits("e0")
        before = podium.client.info("commandstats")
        asked = before["cmdstat_smembers"]["calls"]
        until(lambda: podium.client.info("commandstats")["cmdstat_smembers"]["calls"] > asked + 10, seconds=10)
        after = podium.client.info("commandstats")
    for command in ("exists", "zrange", "get"):
        name = f"cmdstat_{command}"
        assert after.get(name, {}).get("calls", 0) == before.get(name, {}).get("calls", 0), command


def test_to_cancel_what_has_ended_changes_nothing(podium: Podium) -> None:
    ended = replace(podium.submit("e0", created=0), state=State.FINISHED, reason="as it was")
    podium.ledger.update(ended)
    podium.submit("e1", created=1)
    podium.ledger.ask_cancel("e0")
    with podium.running():
        podium.waits("e1")
        until(lambda: not podium.ledger.to_cancel(), seconds=5)
    assert podium.ledger.get("e0") == ended


def test_an_experiment_whose_trials_were_lost_from_the_store_reports_it_and_is_in_the_lists(
    podium: Podium, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is emptied under the second of three trials."""
    record = podium.submit(repeats=3)

    def measured(trial: Trial, *_: object) -> tuple[TrialResult, None]:
        if trial.index == 1:
            podium.client.flushall()
        return replace(made.result(50, cell=trial.cell, index=trial.index, repeat=trial.repeat), trial=trial), None

    monkeypatch.setattr(podium.conductor, "_measure", measured)
    podium.conductor.run()
    found = podium.ledger.get("e1")
    assert (found.state, found.reason) == (State.FINISHED, "1 of 3 trials was lost from the store")
    assert found.experiment == record.experiment
    assert [line.record.experiment.id for line in Listing(podium.client).page(9).lines] == ["e1"]
    assert podium.ledger.open() == ()
    assert podium.ledger.plan(found).trials
