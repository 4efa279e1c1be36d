"""The ledger."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from services.core.codec import Unreadable, to_data
from services.core.errors import NotFound
from services.core.experiment import Record, State
from services.core.report import CurrentTrial
from services.store import keys
from services.store.connection import Client
from services.store.experiments import Experiments
from services.store.listing import Listing
from tests.unit.analysis import made
from tests.unit.analysis.references import reference


@pytest.fixture
def ledger(store: Client) -> Experiments:
    return Experiments(store)


def record(id: str, *, created: float = 900, state: State = State.QUEUED) -> Record:
    one = made.record(state)
    return replace(one, experiment=replace(one.experiment, id=id, created=created))


def add(ledger: Experiments, record: Record) -> None:
    assert ledger.add(record, PLAN)


def listed(store: Client, count: int = 9) -> list[str]:
    return [line.record.experiment.id for line in Listing(store).page(count).lines]


PLAN = made.plan(made.SEQUENTIAL, made.PREFORK)
now = CurrentTrial(trial=0, cell="threads@2", repeat=0, phase="ping")


def test_an_experiment_is_kept_as_it_was_added(ledger: Experiments) -> None:
    add(ledger, record("e1"))
    assert ledger.get("e1") == record("e1")


@pytest.mark.parametrize("id", ["e2", "", "E1", "e1 ", "*", "e?", "ä", "\ud800", "\x00", "x" * 10_000])
def test_what_is_not_there_is_not_found(ledger: Experiments, id: str) -> None:
    add(ledger, record("e1"))
    with pytest.raises(NotFound, match="there is no experiment"):
        ledger.get(id)


@pytest.mark.parametrize("part", ["trials", "nodes", "now", "cancel"])
def test_what_is_kept_beside_an_experiment_is_no_experiment(ledger: Experiments, part: str) -> None:
    add(ledger, record("e1"))
    ledger.save_trial(made.result(50))
    ledger.save_nodes("e1", (made.node(),))
    ledger.set_now("e1", now)
    ledger.ask_cancel("e1")
    with pytest.raises(NotFound):
        ledger.get(f"e1:{part}")


def test_an_update_replaces_the_record_and_keeps_its_place(ledger: Experiments, store: Client) -> None:
    for id, created in (("first", 1), ("second", 2)):
        add(ledger, record(id, created=created))
    changed = replace(record("first", created=1, state=State.RUNNING), reason="waits for a node")
    ledger.update(changed)
    assert ledger.get("first") == changed
    assert listed(store) == ["second", "first"]


def test_the_newest_come_first_whatever_the_order_in_which_they_were_added(ledger: Experiments, store: Client) -> None:
    for created in (3, 1, 12, 2):
        add(ledger, record(f"e{created}", created=created))
    assert listed(store, 3) == ["e12", "e3", "e2"]


def test_a_list_states_how_many_trials_of_each_have_ended(ledger: Experiments, store: Client) -> None:
    add(ledger, record("e0", created=1))
    add(ledger, record("e1", created=2))
    ledger.save_trial(made.result(50, index=0))
    ledger.save_trial(made.result(None, index=4))
    assert [line.progress.done for line in Listing(store).page(9).lines] == [2, 0]


def test_an_experiment_is_open_until_it_has_ended_and_the_oldest_comes_first(
    ledger: Experiments, store: Client
) -> None:
    for created, id in enumerate(("b", "c", "a")):
        add(ledger, record(id, created=created))
    ledger.update(record("c", created=1, state=State.RUNNING))
    assert ledger.open() == ("b", "c", "a")
    for id, state in (("b", State.FINISHED), ("c", State.CANCELLED), ("a", State.FAILED)):
        ledger.update(record(id, state=state))
        assert id not in ledger.open()
    assert len(listed(store)) == 3


def test_the_first_result_of_a_trial_stays(ledger: Experiments) -> None:
    ledger.save_trial(made.result(50))
    ledger.save_trial(made.result(60))
    assert ledger.trials("e1") == (made.result(50),)


def test_results_come_in_the_order_of_the_plan_and_not_of_the_alphabet(ledger: Experiments) -> None:
    for index in (10, 2, 0):
        ledger.save_trial(made.result(50, index=index))
    assert [one.trial.index for one in ledger.trials("e1")] == [0, 2, 10]
    assert ledger.trials("e2") == ()


def test_a_node_that_takes_part_again_is_kept_as_it_was_last(ledger: Experiments) -> None:
    assert ledger.environment("e1").nodes == ()
    ledger.save_nodes("e1", (made.node("rack"),))
    ledger.save_nodes("e1", (made.node("desk"), made.node("rack", cores=8)))
    assert ledger.environment("e1").nodes == (made.node("desk"), made.node("rack", cores=8))


def test_what_is_measured_now_is_reported_until_the_experiment_has_ended(ledger: Experiments) -> None:
    assert ledger.now("e1") is None
    ledger.set_now("e1", now)
    ledger.set_now("e1", replace(now, phase="saturate"))
    ledger.update(record("e1", state=State.RUNNING))
    assert ledger.now("e1") == replace(now, phase="saturate")
    ledger.update(record("e1", state=State.FINISHED))
    assert ledger.now("e1") is None


def test_word_of_a_cancellation_is_kept_until_the_experiment_has_ended(ledger: Experiments) -> None:
    assert not ledger.cancel_asked("e1")
    ledger.ask_cancel("e1")
    ledger.update(record("e1", state=State.RUNNING))
    assert ledger.cancel_asked("e1")
    assert not ledger.cancel_asked("e2")
    ledger.update(record("e1", state=State.CANCELLED))
    assert not ledger.cancel_asked("e1")


def test_an_ended_experiment_leaves_only_its_record_its_results_its_events_and_its_place(
    ledger: Experiments, store: Client
) -> None:
    add(ledger, record("e1"))
    ledger.set_now("e1", now)
    ledger.ask_cancel("e1")
    ledger.save_trial(made.result(50))
    ledger.update(record("e1", state=State.FINISHED))
    assert set(store.keys()) == {
        keys.EXPERIMENTS,
        keys.experiment("e1"),
        keys.plan("e1"),
        keys.trials("e1"),
        keys.events("e1"),
    }


@pytest.mark.parametrize("kept", ["", "no JSON", "{}", '{"version": 9}'])
def test_what_another_version_kept_is_reported_as_such_and_does_not_hide_the_others(
    ledger: Experiments, store: Client, caplog: pytest.LogCaptureFixture, kept: str
) -> None:
    for created, id in enumerate(("old", "strange", "new")):
        add(ledger, record(id, created=created))
    store.set(keys.experiment("strange"), kept)
    listing = Listing(store)
    for _ in range(3):
        assert [line.record.experiment.id for line in listing.page(9).lines] == ["new", "old"]
    assert caplog.text.count("experiment strange is left out of the list: not a Record") == 1
    assert "strange" in ledger.open()
    with pytest.raises(Unreadable, match="not a Record"):
        ledger.get("strange")


def test_a_result_under_a_strange_index_is_reported_as_unreadable(ledger: Experiments, store: Client) -> None:
    store.hset(keys.trials("e1"), "x\n", "{}")
    with pytest.raises(Unreadable, match=r"not the index of a trial: x\\n"):
        ledger.trials("e1")


def test_a_record_that_was_deleted_is_left_out_of_the_list(ledger: Experiments, store: Client) -> None:
    add(ledger, record("old", created=1))
    add(ledger, record("new", created=2))
    ledger.save_trial(made.result(50))
    store.delete(keys.experiment("new"))
    assert listed(store) == ["old"]


def test_the_reference_of_a_block_and_node_is_stored_once(ledger: Experiments) -> None:
    add(ledger, record("e1"))
    first = reference(1.4, node="a:b", block=0)
    ledger.save_reference("e1", first)
    ledger.save_reference("e1", reference(2, node="a:b", block=0))
    assert ledger.environment("e1").references == (first,)
    assert ledger.has_reference("e1", 0, "a:b")
    assert not ledger.has_reference("e1", 1, "a:b")
    assert not ledger.has_reference("e2", 0, "a:b")


def test_references_come_by_block_and_node(ledger: Experiments) -> None:
    for block, node in ((10, "a"), (2, "b"), (2, "a")):
        ledger.save_reference("e1", reference(node=node, block=block))
    assert [(one.block, one.node) for one in ledger.environment("e1").references] == [(2, "a"), (2, "b"), (10, "a")]


def test_an_experiment_of_a_lab_without_references_has_none(ledger: Experiments) -> None:
    ledger.save_nodes("e1", (made.node(),))
    assert ledger.environment("e1").references == ()


def test_an_experiment_never_replaces_another_with_the_same_id(ledger: Experiments) -> None:
    add(ledger, record("e1"))
    ledger.save_trial(made.result(50))
    other = replace(record("e1", created=950), total=99)
    assert not ledger.add(other, PLAN)
    assert not ledger.add_of_preset(other, PLAN, "computing", None)
    assert ledger.get("e1") == record("e1")
    assert ledger.of_preset("computing") == ()


def test_the_plan_is_stored_with_the_experiment_and_every_cell_once(ledger: Experiments, store: Client) -> None:
    assert ledger.add(record("e1"), PLAN)
    assert ledger.plan(record("e1")) == PLAN
    assert str(store.get(keys.plan("e1"))).count('"prefork"') == 1


def test_a_longer_plan_replaces_the_one_before(ledger: Experiments) -> None:
    add(ledger, record("e1"))
    longer = made.plan(made.SEQUENTIAL, made.PREFORK, repeats=4)
    ledger.update(replace(record("e1"), blocks=4, total=8), longer)
    assert ledger.plan(record("e1")) == longer
    ledger.update(record("e1", state=State.FINISHED))
    assert ledger.plan(record("e1")) == longer


def test_a_plan_that_was_not_stored_is_made_again_around_the_measured_trials(
    ledger: Experiments, store: Client
) -> None:
    """Experiments of versions that stored no plan, whose order may have been another."""
    add(ledger, record("e1"))
    store.delete(keys.plan("e1"))
    planned = ledger.plan(record("e1"))
    assert [trial.index for trial in planned.trials] == list(range(6))
    moved = [replace(planned.trials[1].cell, concurrency=7), planned.trials[0].cell]
    for index, cell in enumerate(moved):
        ledger.save_trial(made.result(50, cell=cell, index=index))
    around = ledger.plan(record("e1"))
    assert [trial.cell for trial in around.trials[:2]] == moved
    assert sorted(trial.index for trial in around.trials) == list(range(7))
    assert moved[0] in around.cells
    pairs = [(trial.cell.name, trial.repeat) for trial in around.trials]
    assert len(set(pairs)) == 7


def test_disordered_tasks_that_an_earlier_version_stored_in_the_reason_are_counted(
    ledger: Experiments, store: Client
) -> None:
    result = made.result(50)
    stored = to_data(replace(result, failure="3 of 240 tasks lack a stamp or go back in time", figures=None))
    del stored["disordered"]
    store.hset(keys.trials(result.trial.experiment), "0", json.dumps(stored))
    assert [one.disordered for one in ledger.trials(result.trial.experiment)] == [3]
