"""A task of a user's own application in real workers of every model, with its production on a second server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from concurrency_lab_inside.isolation import SINK
from concurrency_lab_inside.stamps import Outcome, Stamp
from services.broker.redis import RedisBroker
from services.core.errors import TrialFailed
from services.core.models import Model
from services.core.task_reference import OwnTask, TaskCall
from services.node.rig import Rig
from services.store.connection import Client, connect
from services.store.server import EmbeddedServer
from tests.own.shop import made, registered
from tests.own.workers import worker
from tests.unit.node.rigs import spec
from workloads.builtin.messaging import echo

TASKS = 12


@pytest.fixture
def shop(tmp_path: Path, server: EmbeddedServer, store: Client) -> Path:
    """The application; a message waits in a queue of its production."""
    store.lpush("celery", "a message of production")
    return made(tmp_path / "srv", server.url)


@pytest.mark.parametrize("model", Model)
def test_an_own_task_is_stamped_in_every_model_and_never_reaches_its_production(
    model: Model, shop: Path, server: EmbeddedServer, store: Client
) -> None:
    before = store.info("stats")["total_connections_received"]
    with worker(registered(shop), model, server) as rig:
        # Warm-up tasks wait for each other, so each slot has run one.
        slots = rig.spans.column(
            range(2 if not model.traits.has_one_slot else 1),
            Stamp.PID if model.traits.starts_processes else Stamp.THREAD,
        )
        assert len(set(slots.tolist())) == (len(slots) if model.traits.has_thread_per_slot else 1)
        rig.check(rig.ping(1))
        rows = rig.fill(TASKS)
        rig.open()
        rig.wait(rows, pause=0.005)
        rig.check(rows)
        order = (Stamp.PUBLISHED, Stamp.RECEIVED, Stamp.HANDED_OVER, Stamp.STARTED, Stamp.FINISHED, Stamp.STORED)
        for row in rows:
            stamps = [int(rig.spans.column(range(row, row + 1), field)[0]) for field in order]
            assert stamps[0] > 0 and stamps == sorted(stamps)
        assert rig.spans.column(rows, Stamp.STARTS).tolist() == [1] * TASKS
        with connect(rig.address) as own:
            (children,) = [name for name in own.scan_iter() if SINK in str(name)]
            # One of the import, one per warm-up task, and one per task.
            assert own.llen(children) == 1 + (1 if model.traits.has_one_slot else 2) + TASKS
        assert rig.table().part(rows.start, rows.stop).children.tolist() == [1] * TASKS
    assert store.lrange("celery", 0, -1) == ["a message of production"]
    assert store.info("stats")["total_connections_received"] == before


def test_a_task_with_a_call_of_its_own_and_without_results_is_measured(shop: Path, server: EmbeddedServer) -> None:
    with worker(registered(shop, "shop.tasks.custom", TaskCall()), Model.THREADS, server) as rig:
        rows = rig.fill(TASKS)
        rig.open()
        rig.wait(rows, pause=0.005)
        rig.check(rows)


@pytest.mark.parametrize(
    ("task", "outcome", "children"),
    [("retried", Outcome.RETRIED, 1), ("ignored", Outcome.IGNORED, 0), ("requeued", Outcome.REJECTED, 0)],
)
@pytest.mark.parametrize("model", [Model.PREFORK, Model.GEVENT])
def test_a_task_without_a_result_has_its_own_outcome_and_runs_once(
    task: str, outcome: Outcome, children: int, model: Model, shop: Path, server: EmbeddedServer
) -> None:
    with worker(registered(shop, f"shop.tasks.{task}", TaskCall()), model, server) as rig:
        rows = rig.fill(TASKS)
        rig.open()
        rig.wait(rows, pause=0.005)
        rig.check(rows)
        table = rig.table().part(rows.start, rows.stop)
        assert set(table.outcome.tolist()) == {outcome}
        assert table.children.tolist() == [children] * TASKS


def test_a_task_that_ends_before_its_body_has_all_stamps_in_order(shop: Path, server: EmbeddedServer) -> None:
    with worker(registered(shop, "shop.tasks.unready", TaskCall()), Model.SEQUENTIAL, server) as rig:
        rows = rig.fill(TASKS)
        rig.open()
        rig.wait(rows, pause=0.005)
        for row in rows:
            order = (Stamp.TAKEN, Stamp.STARTED, Stamp.FINISHED, Stamp.STORED, Stamp.RETURNED)
            stamps = [int(rig.spans.column(range(row, row + 1), field)[0]) for field in order]
            assert stamps[0] > 0 and stamps == sorted(stamps)
        assert set(rig.table().part(rows.start, rows.stop).outcome.tolist()) == {Outcome.IGNORED}


@pytest.mark.parametrize("model", [Model.PREFORK, Model.GEVENT])
def test_a_task_at_its_hard_time_limit_ends_the_trial_in_words(
    model: Model, shop: Path, server: EmbeddedServer
) -> None:
    with (
        pytest.raises(TrialFailed, match="hard time limit"),
        worker(registered(shop, "shop.tasks.endless", TaskCall()), model, server),
    ):
        pass


def test_a_task_that_raises_is_reported_by_type_and_not_with_its_arguments(shop: Path, server: EmbeddedServer) -> None:
    own = registered(shop, "shop.tasks.secretive", TaskCall(args=("hunter2",)))
    with (
        pytest.raises(TrialFailed, match="the task raised ValueError") as failed,
        worker(own, Model.SEQUENTIAL, server),
    ):
        pass
    assert "hunter2" not in str(failed.value)


@pytest.mark.parametrize("model", [Model.SEQUENTIAL, Model.PREFORK])
def test_a_task_that_ends_its_process_is_reported_without_what_it_wrote(
    model: Model, shop: Path, server: EmbeddedServer
) -> None:
    own = registered(shop, "shop.tasks.fatal", TaskCall(args=("hunter2",)))
    with pytest.raises(TrialFailed, match=r"exited with 7|a slot died") as failed, worker(own, model, server):
        pass
    assert "hunter2" not in str(failed.value)
    assert "log ends" not in str(failed.value)


def test_a_node_refuses_a_task_that_is_not_registered_with_it(server: EmbeddedServer) -> None:
    asked = replace(spec(echo, Model.SEQUENTIAL, 1), task=OwnTask(registered="os:system"))
    with pytest.raises(TrialFailed, match="os:system"):
        Rig(asked, broker=RedisBroker(server.url))


def test_a_trial_makes_no_more_calls_than_its_user_agreed_to(shop: Path, server: EmbeddedServer) -> None:
    own = replace(registered(shop), most_per_trial=10)
    with worker(own, Model.SEQUENTIAL, server) as rig:
        assert len(rig.pilot(100)) == 2
        assert len(rig.fill(100)) == 7
        for more in (rig.fill, rig.reserve, rig.warm):
            with pytest.raises(TrialFailed, match="agreed to 0 more"):
                more(1)
