"""A user's environment has its own Celery, from 5.3 on: its tasks are measured in every model."""

from __future__ import annotations

from pathlib import Path

import pytest

from concurrency_lab_inside.stamps import Outcome
from services.core.models import Model
from services.own.application import Application, look
from services.store.server import EmbeddedServer
from tests.own.environments import interpreter
from tests.own.shapes import made, registered
from tests.own.test_shapes import TASKS, measured

#: The oldest that is supported, and one between it and the lab's own.
VERSIONS = ("5.3", "5.5")
SHAPES = (("in_context", (1,), Outcome.OK, 0), ("flaky", (), Outcome.RETRIED, 1), ("sends", (), Outcome.OK, 5))


@pytest.fixture(scope="module", params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    return interpreter(request.param, request.config.cache.mkdir("environments"))


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("shapes") / "srv")


@pytest.mark.parametrize("model", Model)
def test_an_older_celery_is_measured_in_every_model(
    model: Model, python: str, shapes: Path, server: EmbeddedServer
) -> None:
    kombu = look(Application(app="shapes", folder=shapes, python=python)).kombu
    task, args, outcome, children = SHAPES[list(Model).index(model) % len(SHAPES)]
    spans = measured(registered(shapes, task, *args, python=python, kombu=kombu), model, server)
    assert set(spans.outcome.tolist()) == {outcome}
    assert spans.children.tolist() == [children] * TASKS and (spans.returned >= spans.stored).all()
