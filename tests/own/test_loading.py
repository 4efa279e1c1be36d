"""An application is found and loaded as `celery -A` and as `python -m celery` do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from concurrency_lab_inside.stamps import Outcome
from services.core.models import Model
from services.core.task_reference import Registration, TaskCall
from services.own.application import Application, look
from services.store.server import EmbeddedServer
from tests.own.test_shapes import measured

FLASK = """
from celery import Celery, Task, shared_task
from flask import Flask, current_app


def create_app():
    app = Flask(__name__)
    app.config["CELERY"] = {"broker_url": "redis://localhost", "result_backend": "redis://localhost"}

    class FlaskTask(Task):
        def __call__(self, *args, **kwargs):
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery(app.name, task_cls=FlaskTask)
    celery.config_from_object(app.config["CELERY"])
    celery.set_default()
    app.extensions["celery"] = celery
    return app


@shared_task
def named():
    return current_app.name


celery_app = create_app().extensions["celery"]
"""
PYDANTIC = """
from celery import Celery
from pydantic import BaseModel


class Order(BaseModel):
    number: int


app = Celery("orders")


@app.task(pydantic=True)
def take(order: Order) -> Order:
    assert isinstance(order, Order)
    return order
"""


def registered(folder: Path, app: str, task: str, *args: object) -> Registration:
    return Registration(
        name=f"{app}:{task}",
        app=app,
        folder=str(folder),
        python=sys.executable,
        task=task,
        calls=(TaskCall(args=args),),
        most_per_trial=1000,
    )


def test_a_flask_factory_pushes_its_context_around_each_task(tmp_path: Path, server: EmbeddedServer) -> None:
    (tmp_path / "make_celery.py").write_text(FLASK)
    spans = measured(registered(tmp_path, "make_celery:celery_app", "make_celery.named"), Model.PREFORK, server)
    assert set(spans.outcome.tolist()) == {Outcome.OK}


def test_pydantic_arguments_arrive_as_models(tmp_path: Path, server: EmbeddedServer) -> None:
    (tmp_path / "orders.py").write_text(PYDANTIC)
    spans = measured(registered(tmp_path, "orders", "orders.take", {"number": 1}), Model.THREADS, server)
    assert set(spans.outcome.tolist()) == {Outcome.OK}


@pytest.mark.parametrize("app", ["proj", "proj.celery", "proj.celery:app"])
def test_a_package_is_found_by_any_name_that_celery_takes_with_the_modules_it_includes(
    app: str, tmp_path: Path
) -> None:
    package = tmp_path / "proj"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "celery.py").write_text(
        "from celery import Celery\napp = Celery('proj', include=['proj.tasks'])\n"
        "app.autodiscover_tasks(['proj.more'])\n"
    )
    (package / "tasks.py").write_text("from proj.celery import app\n@app.task\ndef add(x, y):\n    return x + y\n")
    (package / "more").mkdir()
    (package / "more" / "__init__.py").write_text("")
    (package / "more" / "tasks.py").write_text("from celery import shared_task\n@shared_task\ndef more():\n    pass\n")
    found = look(Application(app=app, folder=tmp_path, python=sys.executable))
    assert {"proj.tasks.add", "proj.more.tasks.more"} <= found.tasks.keys()


def test_a_module_of_the_folder_that_a_task_imports_late_is_found(tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text(
        "from celery import Celery\napp = Celery('jobs')\n@app.task\ndef late():\n    import aside\n"
    )
    (tmp_path / "aside.py").write_text("")
    found = look(Application(app="jobs", folder=tmp_path, python=sys.executable), "jobs.late", tries=True)
    assert found.tried is not None and found.tried.state == "SUCCESS"
