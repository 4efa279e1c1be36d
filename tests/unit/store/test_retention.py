"""Experiments are deleted, restored, pinned, and deleted to make room for new ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.core.errors import Conflict, NotFound
from services.core.experiment import Record, State
from services.core.report import CurrentTrial
from services.core.timeline import Timeline
from services.store import keys
from services.store.connection import Client
from services.store.experiments import Experiments
from services.store.listing import Listing
from services.store.retention import Retention
from tests.live import until
from tests.unit.analysis import made
from tests.unit.analysis.references import reference


@pytest.fixture
def ledger(store: Client) -> Experiments:
    return Experiments(store)


@pytest.fixture
def keeping(store: Client) -> Retention:
    return Retention(store)


def add(ledger: Experiments, id: str, *, created: float = 900, ended: bool = True) -> Record:
    one = made.record(State.QUEUED)
    record = replace(one, experiment=replace(one.experiment, id=id, created=created))
    assert ledger.add(record, made.plan(made.PREFORK))
    if ended:
        ledger.update(replace(record, state=State.FINISHED))
    return ledger.get(id)


def fill(ledger: Experiments, id: str) -> None:
    """All that an experiment can have."""
    result = made.result(50)
    ledger.save_trial(replace(result, trial=replace(result.trial, experiment=id)), Timeline(bars=(), tasks=0))
    ledger.save_nodes(id, (made.node(),))
    ledger.save_reference(id, reference())
    ledger.set_now(id, CurrentTrial(trial=0, cell="threads@2", repeat=0, phase="ping"))


def listed(store: Client) -> list[str]:
    return [line.record.experiment.id for line in Listing(store).page(99).lines]


def content(store: Client) -> dict[str, Any]:
    return {str(key): store.dump(str(key)) for key in store.scan_iter()}


def test_the_list_of_an_experiments_keys_names_every_one(ledger: Experiments, store: Client) -> None:
    add(ledger, "e1")
    fill(ledger, "e1")
    assert {make("e1") for make in keys.OF_EXPERIMENT} == {
        key for key in store.scan_iter() if ":experiment:" in str(key)
    }


def test_a_deleted_experiment_is_nowhere_and_comes_back_whole(
    ledger: Experiments, keeping: Retention, store: Client
) -> None:
    for id, created in (("e0", 1), ("e1", 2), ("e2", 3)):
        add(ledger, id, created=created)
    fill(ledger, "e1")
    before = content(store)
    keeping.delete("e1")
    assert listed(store) == ["e2", "e0"]
    assert not [key for key in store.scan_iter() if str(key).startswith(keys.experiment("e1"))]
    with pytest.raises(NotFound):
        ledger.get("e1")
    assert (keeping.restorable("e1") or 0) > 590
    keeping.restore("e1")
    assert content(store) == before
    assert store.ttl(keys.experiment("e1")) == -1


def test_nothing_is_left_of_an_experiment_that_was_deleted_a_while_ago(ledger: Experiments, store: Client) -> None:
    keeping = Retention(store, restorable=0.05)
    before = content(store)
    add(ledger, "e1")
    fill(ledger, "e1")
    keeping.delete("e1")
    until(lambda: content(store) == before, seconds=5)
    assert keeping.restorable("e1") is None
    with pytest.raises(NotFound, match="there is no deleted experiment e1"):
        keeping.restore("e1")


def test_an_open_or_pinned_experiment_is_not_deleted(ledger: Experiments, keeping: Retention) -> None:
    add(ledger, "open", ended=False)
    add(ledger, "pinned")
    keeping.pin("pinned")
    with pytest.raises(Conflict, match="experiment open has not ended: cancel it before you delete it"):
        keeping.delete("open")
    with pytest.raises(Conflict, match="experiment pinned is pinned: unpin it before you delete it"):
        keeping.delete("pinned")
    keeping.unpin("pinned")
    keeping.delete("pinned")


def test_what_cannot_be_deleted_restored_or_pinned_is_refused_in_words(ledger: Experiments, keeping: Retention) -> None:
    add(ledger, "e1")
    for id in ("e2", "", "*", "e1:trials", "ä", "\ud800", "x" * 10_000):
        for act in (keeping.delete, keeping.restore, keeping.pin, keeping.unpin):
            with pytest.raises(NotFound):
                act(id)
    with pytest.raises(Conflict, match="experiment e1 is not deleted"):
        keeping.restore("e1")
    keeping.delete("e1")
    with pytest.raises(NotFound, match="experiment e1 is deleted already"):
        keeping.delete("e1")


def test_an_experiment_is_not_restored_over_another_with_its_id(ledger: Experiments, keeping: Retention) -> None:
    add(ledger, "e1", created=1)
    keeping.delete("e1")
    second = add(ledger, "e1", created=2)
    with pytest.raises(Conflict, match="another experiment e1"):
        keeping.restore("e1")
    assert ledger.get("e1") == second


def test_a_record_that_cannot_be_read_is_deleted_like_any_other(
    ledger: Experiments, keeping: Retention, store: Client
) -> None:
    add(ledger, "e1")
    store.set(keys.experiment("e1"), "garbage")
    ledger.set_aside("e1", "not a Record")
    keeping.delete("e1")
    assert ledger.aside() == {}
    assert Listing(store).page(9).total == 0


def test_the_oldest_make_room_and_open_pinned_and_needed_ones_stay(
    ledger: Experiments, keeping: Retention, store: Client
) -> None:
    add(ledger, "open", created=0, ended=False)
    for created, id in enumerate(("pinned", "needed", "a", "b", "c"), 1):
        add(ledger, id, created=created)
    keeping.pin("pinned")
    assert keeping.trim(6, lambda: {"needed"}) == ()
    assert keeping.trim(4, lambda: {"needed"}) == ("a", "b")
    assert listed(store) == ["c", "needed", "pinned", "open"]
    assert not [key for key in store.scan_iter() if "experiment:a" in str(key)]
    assert keeping.trim(1, lambda: {"needed"}) == ("c",)
