"""`python PATH/concurrency_lab_inside look`: what a user's application has, without running it; or one watched call.

The answer is lines of JSON on a descriptor that the order names: one when the application has been imported, and a
last one. While it is imported, this process is sealed: it can connect to the trial's server and to nothing else.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import platform
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from concurrency_lab_inside.parent import die_with_parent
from concurrency_lab_inside.side_effects import SideEffects
from concurrency_lab_inside.user_code import place_of_error

if TYPE_CHECKING:
    from celery import Celery, Task

#: Options of a task that differ between pools, or that the lab replaces.
OPTIONS = ("rate_limit", "time_limit", "soft_time_limit", "acks_late", "ignore_result", "max_retries", "track_started")
#: Id of the task that is tried.
TRIED = "00000000-0000-4000-8000-000000000000"


def look() -> None:
    """Import the application and answer; with `try`, call its task once."""
    with os.fdopen(int(os.environ.pop("LAB_LOOK")), encoding="utf-8") as order:
        wired = json.load(order)
    die_with_parent(wired["parent"])
    # Processes that the application starts do not keep the pipe open.
    os.set_inheritable(wired["answer"], False)
    answer: dict[str, Any] = {"python": platform.python_version(), "executable": sys.executable}
    try:
        answer.update(_look(wired))
    except BaseException as error:  # noqa: BLE001 - the outermost boundary: user code may raise anything, SystemExit too
        answer["error"] = f"{type(error).__name__}: {error}"
        answer["place"] = place_of_error(error.__traceback__)
    _say(wired, {**answer, "last": True})


def _say(wired: dict[str, Any], what: dict[str, Any]) -> None:
    text = json.dumps(what, default=str).encode() + b"\n"
    while text:
        text = text[os.write(wired["answer"], text) :]


def _look(wired: dict[str, Any]) -> dict[str, Any]:
    if importlib.util.find_spec("celery") is None:
        return {"missing": "celery"}
    try:
        import celery
        import kombu

        versions = {"celery": celery.__version__, "kombu": kombu.__version__}
        if tuple(map(int, celery.__version__.split(".")[:2])) < (5, 3):
            return {**versions, "missing": "celery>=5.3"}
        from concurrency_lab_inside.user_app import import_transports

        import_transports()
    except ImportError as error:
        # Nothing of the user's has been imported yet.
        return {"broken": f"{type(error).__name__}: {error}"}
    return {**versions, **_imported(wired)}


def _imported(wired: dict[str, Any]) -> dict[str, Any]:
    """Import the application, sealed, and return what it has."""
    from concurrency_lab_inside.app import Wiring
    from concurrency_lab_inside.isolation import guard, isolate
    from concurrency_lab_inside.user_app import UserTask, load

    wiring, task = Wiring(**wired["wiring"]), UserTask(**wired["own"])
    children: Counter[str] = Counter()
    guard(wiring, lambda name: children.update((name,)))
    effects = SideEffects(wired["port"])
    effects.start()
    began = time.perf_counter()
    app = load(task)
    effects.sealed = False
    _say(wired, {"imported": time.perf_counter() - began, "seen_at_import": dict(effects.seen)})
    replaced = {name: _masked(app.conf.get(name)) for name in ("broker_url", "result_backend")}
    isolate(app, wiring)
    found: dict[str, Any] = {
        "gevent": importlib.util.find_spec("gevent") is not None,
        "replaced": replaced,
        "tasks": {name: _facts(one) for name, one in sorted(app.tasks.items()) if not name.startswith("celery.")},
    }
    if task.name in app.tasks:
        reasons = (_unbound(app.tasks[task.name], call) for call in wired["calls"])
        found["unbound"] = [(number, reason) for number, reason in enumerate(reasons, start=1) if reason]
        if wired["try"] and not found["unbound"]:
            effects.seen.clear()
            children.clear()
            found["tried"] = _tried(app, task.name, wired["calls"][0])
            found["tried"].update(seen=dict(effects.seen), children=dict(children))
    return found


def _facts(task: Task) -> dict[str, Any]:
    return {
        "signature": str(inspect.signature(task.run)),
        **{name: value for name in OPTIONS if (value := getattr(task, name, None)) not in (None, False)},
    }


def _unbound(task: Task, call: dict[str, Any]) -> str:
    """Return why the arguments do not fit the task; empty if they do."""
    try:
        inspect.signature(task.run).bind(*call["args"], **call["kwargs"])
    except TypeError as error:
        return str(error)
    return ""


def _tried(app: Celery, name: str, call: dict[str, Any]) -> dict[str, Any]:
    """Call the task once, in this process, as a worker does; return how it ended and how long it took.

    Not `apply`: there a retry runs at once, and again.
    """
    from celery.app.trace import build_tracer

    task = app.tasks[name]
    trace = build_tracer(name, task, loader=app.loader, hostname="try@lab", app=app)
    request = {
        "id": TRIED,
        "root_id": TRIED,
        "task": name,
        "args": call["args"],
        "kwargs": call["kwargs"],
        "retries": 0,
        "is_eager": False,
        "delivery_info": {"exchange": "", "routing_key": app.conf.task_default_queue},
        "hostname": "try@lab",
    }
    began = time.perf_counter()
    info = trace(TRIED, call["args"], call["kwargs"], request)[1]
    took = time.perf_counter() - began
    state = "SUCCESS" if info is None else info.state
    return {
        "seconds": took,
        "state": state,
        "error": type(info.retval).__name__ if info is not None and state == "FAILURE" else "",
    }


def _masked(urls: Any) -> str:
    """Return addresses without their passwords: kombu takes several in a list, or in a text between semicolons."""
    from kombu.utils.url import maybe_sanitize_url

    several = urls if isinstance(urls, (list, tuple)) else str(urls or "").split(";")
    return ", ".join(str(maybe_sanitize_url(str(url))) for url in several)
