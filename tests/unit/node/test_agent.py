"""A node's agent, with real workers: what is given up leaves nothing behind, whenever that happens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.broker.contract import Place
from services.broker.redis import FILLING, prefix
from services.core.codec import from_data, to_data
from services.core.errors import NodeUnreachable, StoreUnreachable, TrialFailed
from services.core.models import Model
from services.core.trial import NodeTrial, TrialSpec
from services.node import fingerprint
from services.node.rig import Rig
from services.store import keys
from services.store.connection import Client, connect
from services.store.durable import DurableServer
from services.store.server import EmbeddedServer
from tests.live import until
from tests.unit.analysis import made
from tests.unit.node import bodies
from tests.unit.node.desk import Desk
from tests.unit.node.rigs import spec


def short(**params: Any) -> TrialSpec:
    return spec(bodies.nap, Model.THREADS, 2, tasks=10, **params)


def test_a_trial_is_prepared_and_measured_and_nothing_is_left_of_it(desk: Desk) -> None:
    asked = short(milliseconds=5)
    assert desk.prepare(asked).tasks == 10
    assert desk.leftovers()
    answer = from_data(NodeTrial, desk.agent.saturate(asked.attempt))
    assert (answer.node, answer.failure) == ("desk", "")
    assert answer.boot == fingerprint.take(ledger="", broker=None).boot
    assert answer.saturate[1] - answer.saturate[0] == 10
    assert answer.phases.saturate > 0.02
    assert answer.samples and answer.idle.pss > 0
    desk.nothing_is_left()


def test_a_trial_states_which_phase_it_is_in(desk: Desk) -> None:
    asked = short()
    seen = set()
    desk.made = lambda: seen.add(desk.experiments.now("e1"))
    desk.prepare(asked)
    seen.add(desk.experiments.now("e1"))
    phases = {(now.trial, now.cell, now.phase) for now in seen if now}
    assert phases == {(asked.trial.index, "threads@2", "start"), (asked.trial.index, "threads@2", "fill")}


def test_a_node_states_which_trial_it_measures(desk: Desk) -> None:
    asked = short()
    desk.prepare(asked)
    desk.agent.announce()
    (node,) = desk.nodes.present()
    assert (node.name, node.instance, node.trial) == ("desk", "first", asked.trial.id)
    desk.agent.abandon(asked.attempt)
    desk.agent.announce()
    (node,) = desk.nodes.present()
    assert node.trial is None


def test_what_no_one_wants_any_more_is_not_begun(desk: Desk) -> None:
    asked = short()
    with pytest.raises(TrialFailed, match=f"attempt {asked.attempt} is not wanted any more"):
        desk.agent.prepare(to_data(asked))
    assert desk.rigs == []


def test_what_is_not_prepared_cannot_be_measured(desk: Desk) -> None:
    desk.prepare(short())
    with pytest.raises(NodeUnreachable, match="attempt another is not prepared on desk"):
        desk.agent.saturate("another")


def test_a_prepared_trial_that_is_abandoned_leaves_nothing(desk: Desk) -> None:
    asked = short()
    desk.prepare(asked)
    desk.agent.abandon("another")
    assert psutil.pid_exists(desk.pids()[0])
    desk.agent.abandon(asked.attempt)
    desk.nothing_is_left()


def test_a_new_trial_takes_the_place_of_one_that_was_left(desk: Desk) -> None:
    desk.prepare(short())
    asked = short()
    desk.prepare(asked)
    assert not psutil.pid_exists(desk.pids()[0])
    assert from_data(NodeTrial, desk.agent.saturate(asked.attempt)).failure == ""
    desk.nothing_is_left()


def test_a_trial_that_is_abandoned_while_its_worker_is_being_started_leaves_nothing(desk: Desk) -> None:
    asked = short()
    desk.made = lambda: desk.agent.abandon(asked.attempt)
    with pytest.raises(TrialFailed, match="given up"):
        desk.prepare(asked)
    desk.nothing_is_left()
    now = desk.experiments.now("e1")
    assert now is not None and now.phase == "start"


def test_a_trial_that_is_abandoned_while_its_queue_is_being_filled_leaves_nothing(
    store: Client, server: EmbeddedServer
) -> None:
    class Interrupted(Rig):
        def fill(self, count: int) -> range:
            desk.agent.abandon(asked.attempt)
            # What was under way at that moment.
            store.lpush(f"{prefix(Place(attempt=asked.attempt, share=0))}tasks{FILLING}", "a task")
            return super().fill(count)

    desk, asked = Desk(store, server.url, Interrupted), short()
    with pytest.raises(TrialFailed, match="given up"):
        desk.prepare(asked)
    desk.nothing_is_left()


def test_a_trial_is_dropped_when_its_conductor_is_gone(desk: Desk) -> None:
    asked = short()
    desk.prepare(asked)
    with desk.beating():
        until(desk.nodes.present, seconds=10)
        assert psutil.pid_exists(desk.pids()[0])
        desk.lease(asked).drop()
        desk.nothing_is_left()


def test_a_node_whose_store_goes_away_drops_its_trial_and_announces_itself_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with DurableServer(tmp_path) as server, connect(server.url) as client:
        desk, asked = Desk(client, server.url), short()
        desk.prepare(asked)
        assert desk.leftovers()
        with desk.beating() as beat:
            until(desk.nodes.present, seconds=10)
            server.kill()
            until(lambda: not psutil.pid_exists(desk.pids()[0]), seconds=10)
            assert beat.is_alive()
            server.start()
            client.delete(keys.node("desk"), keys.lease(asked.attempt))
            until(desk.nodes.present, seconds=10)
            until(lambda: not desk.leftovers(), seconds=10)


def test_an_agent_that_is_asked_to_end_kills_its_worker_and_leaves(desk: Desk) -> None:
    desk.prepare(short())
    desk.agent.announce()
    desk.agent.stop()
    assert desk.nodes.present() == ()
    desk.nothing_is_left()


def test_an_agent_ends_without_its_store_too(tmp_path: Path) -> None:
    with DurableServer(tmp_path) as server, connect(server.url) as client:
        desk = Desk(client, server.url)
        desk.prepare(short())
        server.kill()
        desk.agent.stop()
        assert not psutil.pid_exists(desk.pids()[0])
        with pytest.raises(StoreUnreachable):
            desk.nodes.present()


def test_an_agent_whose_name_another_one_has_ends_and_leaves_the_other_alone(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    other = replace(made.node("desk"), instance="other")
    desk.nodes.announce(other)
    desk.agent.beat(every=0.02)
    assert desk.lost == ["desk"]
    assert "another node called desk is at work: set LAB_NODE" in caplog.text
    assert desk.nodes.present() == (other,)
