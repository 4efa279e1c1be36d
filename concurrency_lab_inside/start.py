"""Starting a measured worker."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from concurrency_lab_inside.parent import die_with_parent

if TYPE_CHECKING:
    from celery import Celery


def start(pool: str, concurrency: str, name: str) -> None:
    """Run `celery worker` with the probe in it, until killed."""
    # Out of the environment: the processes that a task starts do not need it, and there may be a password in it.
    wired = json.loads(os.environ.pop("LAB_MEASURED"))
    die_with_parent(wired["parent"])
    # Quiet: the last lines of its log are for errors, not for a banner.
    arguments = ["-q", "worker", "-P", pool, "-c", concurrency, "-n", name, "-Q", wired["wiring"]["queue"]]
    arguments += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]

    # gevent must patch the standard library before anything else is imported, so these imports wait.
    from celery import maybe_patch_concurrency

    maybe_patch_concurrency(arguments)
    prepare = _prepare_own if "own" in wired else _prepare_workload
    prepare(wired).worker_main(arguments)


def _prepare_workload(wired: dict[str, Any]) -> Celery:
    """Return an application with the tasks of a workload and the probe."""
    from concurrency_lab_inside import probe
    from concurrency_lab_inside.app import Wiring, create_app
    from concurrency_lab_inside.table import SpanColumns
    from concurrency_lab_inside.task import add_tasks
    from concurrency_lab_inside.task_code import load, only

    app = create_app(Wiring(**wired["wiring"]), stores_results=True)
    table = SpanColumns(wired["table"])
    only(**wired["sources"])
    add_tasks(app, load(wired["function"]), table)
    probe.install(app, table)
    return app


def _prepare_own(wired: dict[str, Any]) -> Celery:
    """Return the user's application, isolated, with the probe."""
    from concurrency_lab_inside import probe
    from concurrency_lab_inside.app import Wiring
    from concurrency_lab_inside.isolation import guard, isolate
    from concurrency_lab_inside.slot import counting_children
    from concurrency_lab_inside.table import SpanColumns
    from concurrency_lab_inside.user_app import UserTask, import_transports, load, make_measurable

    wiring, task = Wiring(**wired["wiring"]), UserTask(**wired["own"])
    import_transports()
    table = SpanColumns(wired["table"])
    guard(wiring, counting_children(table))
    app = load(task)
    isolate(app, wiring)
    probe.install(app, table, make_measurable(app, task.name, table))
    return app
