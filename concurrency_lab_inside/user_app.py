"""A user's own Celery application: found as `celery -A` finds it, and its task made measurable."""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from celery import Celery, Task
from celery.app.trace import task_has_custom
from celery.app.utils import find_app

from concurrency_lab_inside.app import EMPTY, FACTS, WARM
from concurrency_lab_inside.slot import running, spanned, stamp_tracers, stamped
from concurrency_lab_inside.table import SpanColumns
from concurrency_lab_inside.task import facts_of, meeting


class UserTask(NamedTuple):
    """Where a task of a user's application is."""

    #: As after `celery -A`, or a file, such as `jobs.py`: then the task `jobs.resize` is its plain function `resize`.
    app: str
    folder: str
    #: Name under which the application registers it.
    name: str


def import_transports() -> None:
    """Import Celery's and kombu's own modules for Redis, before a user's module of the same name could be found."""
    for module in ("celery.backends.redis", "kombu.transport.redis"):
        importlib.import_module(module)


def load(task: UserTask) -> Celery:
    """Import the application with everything that a worker of it imports."""
    if task.folder not in sys.path:
        sys.path.insert(0, task.folder)
    os.chdir(task.folder)
    if task.app.endswith(".py"):
        return _app_of_function(task)
    app: Celery = find_app(task.app)
    app.loader.import_default_modules()
    app.finalize()
    return app


def _app_of_function(task: UserTask) -> Celery:
    """Return an application with one task: a plain function of a file, or a coroutine function that runs to its end.

    Raises TypeError if it is no such function, FileNotFoundError.
    """
    module, _, name = task.name.rpartition(".")
    spec = importlib.util.spec_from_file_location(module, os.path.join(task.folder, task.app))  # noqa: PTH118 - a str
    if spec is None or spec.loader is None:
        raise ImportError(f"{task.app} is no Python file")
    imported = sys.modules[module] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(imported)
    function = getattr(imported, name, None)
    if isinstance(function, Task):
        raise TypeError(f"{name} is a Celery task: name its application with --app, and it with --task {function.name}")
    if not inspect.isfunction(function) or function.__name__ == "<lambda>":
        has = ", ".join(one for one, value in vars(imported).items() if inspect.isfunction(value)) or "none"
        raise TypeError(f"{name} is no function of {task.app}, which has: {has}")
    if inspect.iscoroutinefunction(function):
        function = _run_to_its_end(function)
    app = Celery(module, set_as_current=True)
    app.task(name=task.name)(function)
    app.finalize()
    return app


def _run_to_its_end(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        return asyncio.run(function(*args, **kwargs))

    return run


def make_measurable(app: Celery, name: str, table: SpanColumns) -> frozenset[str]:
    """Stamp the task and give the application WARM, EMPTY and FACTS; return the names of the tasks that have a row."""
    task = app.tasks[name]
    stamp_tracers(type(task), table)
    run = task.run
    has_call = task_has_custom(task, "__call__")
    if has_call:
        type(task).__call__ = _body(type(task).__call__, table)
    # `copy.copy` would return the same object: Celery copies a task by its name.
    warm = object.__new__(type(task))
    warm.__dict__.update(task.__dict__, name=WARM)
    # The same body, once every slot has one.
    warm.run = meeting(run, table) if has_call else _body(meeting(run, table), table)
    if not has_call:
        task.run = _body(run, table)
    app.tasks[WARM] = warm
    options = {option: getattr(task, option) for option in ("ignore_result", "track_started", "acks_late")}
    empty = spanned(_nothing, table, keeps_number=False)
    app.task(name=EMPTY, base=stamped(table), shared=False, typing=False, **options)(empty)
    app.task(name=FACTS, base=Task, shared=False, ignore_result=False)(facts_of(app, task))
    return frozenset({name, WARM, EMPTY})


def _body(call: Callable[..., Any], table: SpanColumns) -> Callable[..., Any]:
    """Return `call` with the stamps of a body; a direct call, without a message, has none."""
    stamping = spanned(call, table, keeps_number=False)

    @functools.wraps(call)
    def run(*args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs) if running.get() < 0 else stamping(*args, **kwargs)

    return run


def _nothing(*_: object, **__: object) -> None:
    """Do nothing: an empty body."""
