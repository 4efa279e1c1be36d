"""A real conductor on a real store, while there is nothing that could measure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from services.broker.contract import Place
from services.broker.redis import prefix
from services.conductor.conductor import failed
from services.core.experiment import State
from services.planning import grid
from services.store import keys
from services.store.connection import connect
from services.store.durable import DurableServer
from tests.live import until
from tests.unit.analysis import made
from tests.unit.conductor.podium import Podium


def test_with_nothing_to_do_it_is_done(podium: Podium) -> None:
    podium.conductor.run()


def test_an_experiment_without_a_node_waits_and_states_for_what(podium: Podium) -> None:
    podium.submit()
    with podium.running():
        podium.waits()
        assert podium.phase() == "waits for a node"
        assert podium.state() is State.RUNNING
        assert podium.ledger.get("e1").started


def test_an_experiment_with_too_few_nodes_states_how_many_are_missing_and_its_wait(podium: Podium) -> None:
    podium.submit(replicas=(3,))
    podium.nodes.announce(made.node("a"))
    with podium.running():
        podium.waits()
        assert podium.phase() == "waits for 2 nodes, 60 s left"


def test_an_experiment_that_waits_can_be_cancelled(podium: Podium) -> None:
    podium.submit()
    with podium.running() as thread:
        podium.waits()
        podium.ledger.ask_cancel("e1")
        thread.join(5)
        assert not thread.is_alive()
    record = podium.ledger.get("e1")
    assert (record.state, record.reason) == (State.CANCELLED, "cancelled on request")
    assert record.ended and record.started and record.ended >= record.started
    assert podium.ledger.open() == ()
    assert podium.ledger.now("e1") is None


def test_one_that_has_not_begun_is_cancelled_while_another_is_at_work(podium: Podium) -> None:
    podium.submit("e1", created=1)
    podium.submit("e2", created=2)
    with podium.running():
        podium.waits("e1")
        podium.ledger.ask_cancel("e2")
        until(lambda: podium.state("e2") is State.CANCELLED, seconds=5)
        assert podium.state("e1") is State.RUNNING
    assert podium.ledger.get("e2").started is None


def test_the_oldest_comes_first(podium: Podium) -> None:
    podium.submit("younger", created=2)
    podium.submit("older", created=1)
    with podium.running():
        podium.waits("older")
        assert podium.state("younger") is State.QUEUED


def test_a_conductor_that_is_asked_to_end_leaves_its_experiment_to_the_next(podium: Podium) -> None:
    podium.submit()
    with podium.running():
        podium.waits()
    assert podium.state() is State.RUNNING
    assert podium.ledger.open() == ("e1",)


def test_what_was_measured_before_is_not_measured_again(podium: Podium) -> None:
    """There is no node that could."""
    podium.measured(podium.submit())
    podium.conductor.run()
    assert podium.state() is State.FINISHED
    assert podium.ledger.get("e1").reason == ""
    assert len(podium.ledger.trials("e1")) == 2


def test_an_experiment_that_is_sure_enough_states_why_no_repeat_is_added(podium: Podium) -> None:
    podium.measured(podium.submit(most_repeats=9))
    podium.conductor.run()
    record = podium.ledger.get("e1")
    assert (record.state, record.blocks, record.total) == (State.FINISHED, 2, 2)
    assert record.reason == "every throughput interval is within 5 % after 2 repeats"


def test_the_record_of_a_finished_experiment_states_whether_its_verdict_is_doubtful(podium: Podium) -> None:
    for id, duplicates in (("sound", 0), ("unsound", 2)):
        record = podium.submit(id)
        for trial in grid.plan(record.experiment, record.blocks).trials:
            result = made.result(50, cell=trial.cell, repeat=trial.repeat, duplicates=duplicates)
            podium.ledger.save_trial(replace(result, trial=trial))
    podium.conductor.run()
    assert podium.ledger.get("sound").doubtful is False
    assert podium.ledger.get("unsound").doubtful is True


def test_an_experiment_that_is_not_sure_is_repeated_once_more(podium: Podium) -> None:
    podium.measured(podium.submit(most_repeats=9), drift=40)
    with podium.running():
        podium.waits()
        longer = podium.ledger.get("e1")
        assert (longer.state, longer.blocks, longer.total) == (State.RUNNING, 3, 3)
        now = podium.ledger.now("e1")
        assert now is not None and (now.trial, now.repeat) == (2, 2)


def test_hours_in_which_no_conductor_ran_are_not_part_of_the_budget(podium: Podium) -> None:
    record = podium.submit(most_repeats=9, budget=60.0)
    podium.measured(record, drift=40)
    yesterday = podium.conductor._clock() - 86_400
    podium.ledger.update(replace(record, state=State.RUNNING, started=yesterday))
    with podium.running():
        podium.waits()
        assert podium.ledger.get("e1").blocks == 3


def test_trials_are_run_in_the_order_of_the_plan_that_was_stored(podium: Podium) -> None:
    """Another version of the lab may shuffle otherwise."""
    record = podium.submit(concurrency=(2, 4))
    planned = podium.ledger.plan(record)
    backwards = [replace(trial, index=3 - trial.index) for trial in reversed(planned.trials)]
    podium.ledger.update(record, replace(planned, trials=tuple(backwards)))
    with podium.running():
        podium.waits()
        now = podium.ledger.now("e1")
    assert now is not None and now.cell == planned.trials[-1].cell.name != planned.trials[0].cell.name


def test_an_experiment_of_which_no_trial_finished_has_failed_for_the_reason_of_the_last(podium: Podium) -> None:
    podium.measured(podium.submit(), well=False)
    podium.conductor.run()
    assert podium.state() is State.FAILED
    assert podium.ledger.get("e1").reason == "no trial finished: the worker died"


def test_an_experiment_that_was_run_to_fail_ends_as_intended_when_its_trials_lost_tasks(podium: Podium) -> None:
    for id, lost in (("e1", 1), ("e2", 0)):
        record = podium.submit(id, workload="die", params={"milliseconds": 10, "after": 100})
        for trial in podium.ledger.plan(record).trials:
            one = made.result(None, cell=trial.cell, index=trial.index, repeat=trial.repeat, lost=lost)
            podium.ledger.save_trial(replace(one, trial=trial))
    podium.conductor.run()
    assert (podium.state("e1"), podium.ledger.get("e1").reason) == (State.INTENDED, "")
    assert podium.state("e2") is State.FAILED


def test_an_experiment_goes_on_when_the_store_comes_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with DurableServer(tmp_path) as server, connect(server.url) as client:
        podium = Podium(client, server.url)
        podium.submit()
        with podium.running():
            podium.waits()
            server.kill()
            until(lambda: "waiting: Redis does not answer" in caplog.text, seconds=10)
            server.start()
            podium.ledger.ask_cancel("e1")
            until(lambda: podium.state() is State.CANCELLED, seconds=5)


def test_a_trial_whose_node_goes_away_again_and_again_has_failed(podium: Podium) -> None:
    """The node takes no orders: it only says that it is there, and then that it is gone."""
    podium.submit()
    with podium.running():
        for attempt in (1, 2, 3):
            podium.nodes.announce(made.node("ghost"))
            podium.ordered(2 * attempt - 1)
            podium.nodes.leave("ghost")
            podium.ordered(2 * attempt)
        until(lambda: podium.ledger.trials("e1"), seconds=10)
        podium.waits()
    (result,) = podium.ledger.trials("e1")
    assert result.failure == "node ghost is gone (tried 3 times)"
    assert (result.nodes, result.figures) == (("ghost",), None)
    assert [node.name for node in podium.ledger.environment("e1").nodes] == ["ghost"]


def test_a_node_that_was_started_again_does_not_know_of_the_trial(podium: Podium) -> None:
    podium.submit()
    podium.nodes.announce(made.node("ghost"))
    with podium.running():
        podium.ordered(1)
        podium.nodes.leave("ghost")
        podium.nodes.announce(replace(made.node("ghost"), instance="i2"))
        assert podium.ordered(3)[:3] == ["node.prepare", "node.abandon", "node.prepare"]


@pytest.mark.parametrize("end", ["node lost", "cancelled"])
def test_what_a_node_left_of_an_attempt_that_ended_early_is_deleted(podium: Podium, end: str) -> None:
    podium.submit()
    podium.nodes.announce(made.node("ghost"))
    with podium.running():
        (lease,) = until(lambda: podium.client.keys("lab:lease:*"), seconds=10)
        left = f"{prefix(Place(attempt=str(lease).removeprefix(keys.lease('')), share=0))}tasks"
        podium.client.lpush(left, "a task")
        if end == "cancelled":
            podium.ledger.ask_cancel("e1")
        else:
            podium.nodes.leave("ghost")
        until(lambda: not podium.client.exists(left), seconds=10)


def test_a_trial_under_way_is_wanted_and_one_that_is_cancelled_no_more(podium: Podium) -> None:
    podium.submit()
    podium.nodes.announce(made.node("ghost"))
    with podium.running():
        (lease,) = until(lambda: podium.client.keys("lab:lease:*"), seconds=10)
        assert str(lease).startswith(keys.lease("e1-0-"))
        podium.ledger.ask_cancel("e1")
        until(lambda: podium.state() is State.CANCELLED, seconds=5)
        assert not podium.client.exists(lease)
    assert podium.ordered(2) == ["node.prepare", "node.abandon"]


@pytest.mark.parametrize("kept", ["", '{"of": "another version"}', None], ids=["nothing", "strange", "deleted"])
def test_an_experiment_that_cannot_be_read_does_not_hold_up_the_others(podium: Podium, kept: str | None) -> None:
    podium.submit("strange", created=1)
    podium.measured(podium.submit("e2", created=2))
    if kept is None:
        podium.client.delete(keys.experiment("strange"))
    else:
        podium.client.set(keys.experiment("strange"), kept)
    podium.conductor.run()
    assert podium.state("e2") is State.FINISHED
    assert list(podium.ledger.aside()) == ["strange"]
    assert podium.ledger.open() == ()


def test_an_experiment_that_has_ended_and_is_open_by_mistake_does_not_hold_up_the_others(podium: Podium) -> None:
    ended = replace(podium.submit("e1", created=1), state=State.FINISHED)
    podium.measured(podium.submit("e2", created=2))
    podium.ledger.update(ended)
    podium.client.zadd(keys.OPEN, {"e1": 1})
    podium.conductor.run()
    assert podium.state("e2") is State.FINISHED


def test_results_that_cannot_be_read_end_the_experiment_with_the_reason(podium: Podium) -> None:
    podium.submit()
    podium.client.hset(keys.trials("e1"), "0", '{"of": "another version"}')
    podium.conductor.run()
    assert podium.state() is State.FAILED
    assert podium.ledger.get("e1").reason.startswith("what was measured so far cannot be read: not a TrialResult")


def test_a_workload_that_is_not_there_any_more_ends_the_experiment_with_the_reason(podium: Podium) -> None:
    podium.submit(workload="forgotten")
    podium.nodes.announce(made.node("ghost"))
    podium.conductor.run()
    assert podium.state() is State.FAILED
    assert podium.ledger.get("e1").reason == "there is no workload forgotten any more"


def test_a_trial_that_failed_has_a_reason_and_no_figures() -> None:
    result = failed(made.trial(), (made.node("b"), made.node("a")), "the worker died", lost=3, elapsed=1.5)
    assert (result.trial, result.nodes) == (made.trial(), ("b", "a"))
    assert (result.failure, result.lost, result.duplicates, result.elapsed) == ("the worker died", 3, 0, 1.5)
    assert (result.figures, result.facts, result.phases) == (None, None, None)
