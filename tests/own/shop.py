"""An application as users write them: with settings of production, and with a package called services."""

from __future__ import annotations

import sys
from pathlib import Path

from services.core.task_reference import Registration, TaskCall

APP = """
from celery import Celery

app = Celery("shop", broker={url!r}, backend={url!r}, include=["shop.tasks"])
app.conf.task_routes = {{"shop.tasks.*": "images"}}
app.control.purge()
app.send_task("shop.tasks.thumb", ["at import"])
"""
TASKS = """
import os
import sys
import time
import uuid

import services
from celery.exceptions import Ignore, Reject
from shop.celery import app


@app.task(bind=True)
def resize(self, name, width=100):
    uuid.UUID(self.request.id)
    assert services.OF_THE_SHOP
    time.sleep(0.002)
    thumb.delay(name)
    return [name, width]


@app.task(rate_limit="10/m")
def thumb(name):
    raise SystemExit("a child must not run")


@app.task
def secretive(name):
    raise ValueError(name)


@app.task
def fatal(name):
    print(name, flush=True)
    sys.stderr.write(name)
    os._exit(7)


@app.task(bind=True, max_retries=3)
def retried(self):
    raise self.retry(countdown=10)


@app.task
def ignored():
    raise Ignore


@app.task(acks_late=True)
def requeued():
    raise Reject("again", requeue=True)


@app.task(time_limit=0.3)
def endless():
    time.sleep(20)


class Unready(app.Task):
    def before_start(self, *_):
        raise Ignore


@app.task(base=Unready)
def unready():
    raise SystemExit("its body must not run")


class Custom(app.Task):
    def __call__(self, *args, **kwargs):
        return super().__call__(*args, **kwargs)


@app.task(base=Custom, ignore_result=True)
def custom():
    return None
"""


def made(folder: Path, url: str) -> Path:
    """Write the application to `folder`; its broker and results are at `url`."""
    (folder / "shop").mkdir(parents=True)
    (folder / "services").mkdir()
    (folder / "services" / "__init__.py").write_text("OF_THE_SHOP = True\n")
    (folder / "shop" / "__init__.py").write_text("")
    (folder / "shop" / "celery.py").write_text(APP.format(url=url))
    (folder / "shop" / "tasks.py").write_text(TASKS)
    return folder


def registered(folder: Path, task: str = "shop.tasks.resize", *calls: TaskCall) -> Registration:
    """Return the registration of one of its tasks, in the interpreter of these tests."""
    return Registration(
        name=f"shop.celery:{task}",
        app="shop.celery",
        folder=str(folder),
        python=sys.executable,
        task=task,
        calls=calls or (TaskCall(args=("a.jpg",), kwargs={"width": 200}),),
        most_per_trial=1000,
    )
