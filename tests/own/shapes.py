"""An application with every option and every shape of task that could disturb a measurement."""

from __future__ import annotations

import sys
from pathlib import Path

from services.core.task_reference import Registration, TaskCall

SHAPES = """
import asyncio
import threading
import time
import uuid

from celery import Celery, Task, chain, chord, group, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from kombu import Connection

app = Celery("shapes", broker="sentinel://10.0.0.1:26379;sentinel://10.0.0.2:26379", backend="db+sqlite:///x.sqlite")
app.conf.update(
    broker_use_ssl={"cert_reqs": 2},
    broker_transport_options={"master_name": "m", "global_keyprefix": "prod:"},
    task_routes={"shapes.*": {"queue": "heavy", "exchange": "ex", "routing_key": "rk"}},
    task_default_queue="prod",
    task_create_missing_queues=False,
    task_queue_max_priority=10,
    task_default_priority=5,
    beat_schedule={"x": {"task": "shapes.plain", "schedule": 1.0}},
    worker_send_task_events=True,
    task_send_sent_event=True,
    task_track_started=True,
    task_always_eager=True,
    accept_content=["pickle", "json"],
)
pushed = []


@shared_task(name="shapes.plain")
def plain(x=1):
    return x


@app.task(bind=True)
def bound(self, x):
    return [str(uuid.UUID(self.request.id)), self.request.retries, x]


class InContext(Task):
    def __call__(self, *args, **kwargs):
        pushed.append(1)
        try:
            return self.run(*args, **kwargs)
        finally:
            pushed.pop()


@app.task(base=InContext)
def in_context(x):
    assert pushed
    return x


class Model(Task):
    name = "shapes.model"
    loaded = None

    def run(self, x):
        self.loaded = self.loaded or {"weight": 2}
        return x * self.loaded["weight"]


app.register_task(Model())


@app.task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def flaky():
    raise OSError("flaky")


@app.task(bind=True)
def replaced(self):
    raise self.replace(plain.s(1))


@app.task
def sends():
    group(plain.s(one) for one in range(2)).delay()
    chord([plain.s(1), plain.s(2)], plain.s()).delay()
    chain(plain.si(1), plain.si(2)).delay()


@app.task
def sends_from_a_thread():
    thread = threading.Thread(target=plain.delay)
    thread.start()
    thread.join()


@app.task
def calls_itself(n=2):
    return n and calls_itself(n - 1) + calls_itself.run(n - 1) + plain(1) + plain.apply((1,)).get(
        disable_sync_subtasks=False
    )


@app.task(exchange="ex", queue="special", priority=9, rate_limit="1/m", ignore_result=True)
def routed():
    return None


@app.task(soft_time_limit=0.4)
def soft():
    try:
        time.sleep(0.8)
    except SoftTimeLimitExceeded:
        return "cut short"


@app.task
def of_coroutines():
    return asyncio.run(asyncio.sleep(0.001, 3))


@app.task
def unserializable():
    return {object()}


@app.task
def reaches_a_broker():
    Connection("amqp://guest@127.0.0.1:5672//").connect()


@app.task
def names_a_broker():
    app.connection_for_write("redis://127.0.0.1:6379/0")


@app.task
def sends_by_another_application():
    return Celery("other", broker="redis://127.0.0.1:6379/3", set_as_current=False).send_task("x.y").id
"""


def made(folder: Path) -> Path:
    """Write the application to `folder`, beside modules that have the names of Celery's own and the lab's."""
    folder.mkdir()
    (folder / "shapes.py").write_text(SHAPES)
    for name in ("queue", "redis", "probe", "table", "services", "workloads", "dashboard"):
        (folder / f"{name}.py").write_text(f"raise ImportError('the user\\'s own {name}')\n")
    return folder


def registered(folder: Path, task: str, *args: object, python: str = sys.executable, kombu: str = "") -> Registration:
    """Return the registration of one of its tasks."""
    return Registration(
        name=f"shapes:shapes.{task}",
        app="shapes",
        folder=str(folder),
        python=python,
        task=f"shapes.{task}",
        calls=(TaskCall(args=args),),
        kombu=kombu,
        most_per_trial=1000,
    )
