"""Every shape of task runs as in its own worker, in every Celery that the lab supports, and reaches nothing else."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from concurrency_lab_inside.stamps import Outcome
from services.analysis.trial.spans import SpanTable
from services.core.errors import TrialFailed
from services.core.models import Model
from services.core.task_reference import Registration
from services.store.server import EmbeddedServer
from tests.own.shapes import made, registered
from tests.own.workers import worker

TASKS = 6
#: Task, arguments, outcome, and the messages that each call sends.
SHAPES = (
    ("plain", (1,), Outcome.OK, 0),
    ("bound", (1,), Outcome.OK, 0),
    ("in_context", (1,), Outcome.OK, 0),
    ("model", (2,), Outcome.OK, 0),
    ("flaky", (), Outcome.RETRIED, 1),
    ("replaced", (), Outcome.IGNORED, 1),
    # Two of the group, two of the chord, and the head of the chain.
    ("sends", (), Outcome.OK, 5),
    # A thread of the task's own does not know the task.
    ("sends_from_a_thread", (), Outcome.OK, 0),
    ("calls_itself", (), Outcome.OK, 0),
    ("routed", (), Outcome.OK, 0),
    ("sends_by_another_application", (), Outcome.OK, 1),
)
REFUSED = (
    ("unserializable", r"raised \w*EncodeError|raised TypeError"),
    ("reaches_a_broker", "raised RefusedConnection"),
    ("names_a_broker", "raised RefusedConnection"),
)
_models = itertools.cycle((Model.SEQUENTIAL, Model.THREADS, Model.PREFORK, Model.GEVENT))


def measured(own: Registration, model: Model, server: EmbeddedServer) -> SpanTable:
    with worker(own, model, server) as rig:
        rig.check(rig.ping(1))
        rows = rig.fill(TASKS)
        rig.open()
        rig.wait(rows, pause=0.005)
        rig.check(rows)
        return rig.table().part(rows.start, rows.stop)


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("shapes") / "srv")


@pytest.mark.parametrize(("task", "args", "outcome", "children"), SHAPES, ids=str)
def test_a_task_of_any_shape_runs_once_and_is_stamped_in_order(
    task: str, args: tuple[object, ...], outcome: Outcome, children: int, shapes: Path, server: EmbeddedServer
) -> None:
    spans = measured(registered(shapes, task, *args), next(_models), server)
    assert set(spans.outcome.tolist()) == {outcome}
    assert spans.children.tolist() == [children] * TASKS
    assert spans.starts.tolist() == [1] * TASKS
    in_order = [spans.handed_over, spans.taken, spans.started, spans.finished, spans.stored, spans.returned]
    for earlier, later in itertools.pairwise(in_order):
        assert (earlier > 0).all() and (later >= earlier).all()


@pytest.mark.parametrize(("task", "reason"), REFUSED)
def test_a_task_that_reaches_for_another_broker_or_returns_no_json_raises(
    task: str, reason: str, shapes: Path, server: EmbeddedServer
) -> None:
    with pytest.raises(TrialFailed, match=reason), worker(registered(shapes, task), next(_models), server):
        pass


def test_only_prefork_enforces_a_soft_time_limit(shapes: Path, server: EmbeddedServer) -> None:
    cut, whole = (measured(registered(shapes, "soft"), model, server) for model in (Model.PREFORK, Model.SEQUENTIAL))
    assert cut.body.max() < 0.7 and whole.body.min() > 0.78
