"""`python PATH/concurrency_lab_inside look`: what a user's application has, without running it; or one watched call.

The answer is one JSON object on the descriptor that LAB_LOOK names. While the application is imported, this process is
sealed: it can connect to the trial's server and to nothing else.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import platform
import sys
import time
from typing import TYPE_CHECKING, Any

from concurrency_lab_inside.parent import die_with_parent

if TYPE_CHECKING:
    from celery import Celery, Task

#: Options of a task that differ between pools, or that the lab replaces.
OPTIONS = ("rate_limit", "time_limit", "soft_time_limit", "acks_late", "ignore_result", "max_retries", "track_started")


def look() -> None:
    """Import the application and answer; with `try`, call its task once."""
    wired = json.loads(os.environ.pop("LAB_LOOK"))
    die_with_parent(wired["parent"])
    answer: dict[str, Any] = {"python": platform.python_version(), "executable": sys.executable}
    try:
        answer.update(_look(wired))
    except BaseException as error:  # noqa: BLE001 - the outermost boundary: user code may raise anything, SystemExit too
        answer["error"] = f"{type(error).__name__}: {error}"
        answer["place"] = _place(error)
    os.write(wired["answer"], json.dumps(answer, default=str).encode())


def _look(wired: dict[str, Any]) -> dict[str, Any]:
    if importlib.util.find_spec("celery") is None:
        return {"missing": "celery"}
    import celery
    import kombu

    versions = {"celery": celery.__version__, "kombu": kombu.__version__}
    if tuple(map(int, celery.__version__.split(".")[:2])) < (5, 3):
        return {**versions, "missing": "celery>=5.3"}
    from concurrency_lab_inside.app import Wiring
    from concurrency_lab_inside.isolation import guard, isolate
    from concurrency_lab_inside.user_app import UserTask, import_transports, load

    wiring, task = Wiring(**wired["wiring"]), UserTask(**wired["own"])
    import_transports()
    guard(wiring, lambda _: None)
    seal = _seal(wired["port"])
    app = load(task)
    seal["holds"] = False
    replaced = {name: _masked(app.conf.get(name)) for name in ("broker_url", "result_backend")}
    isolate(app, wiring)
    found: dict[str, Any] = {
        **versions,
        "gevent": importlib.util.find_spec("gevent") is not None,
        "replaced": replaced,
        "tasks": {name: _facts(one) for name, one in sorted(app.tasks.items()) if not name.startswith("celery.")},
    }
    if task.name in app.tasks:
        found["unbound"] = _unbound(app.tasks[task.name], wired["call"])
        if wired["try"] and not found["unbound"]:
            found["tried"] = _tried(app, task.name, wired["call"])
    return found


def _seal(port: int) -> dict[str, bool]:
    """Refuse, while `holds` is true, every connection but one to this port of this machine."""
    state = {"holds": True}

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.connect" and state["holds"] and isinstance(args[1], tuple) and args[1][1] != port:
            raise PermissionError(
                f"connects to {args[1][0]}:{args[1][1]} while it is imported: nothing is reached while the lab looks"
            )

    sys.addaudithook(hook)
    return state


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
    """Call the task once, in this process, and return how it ended and how long it took."""
    began = time.perf_counter()
    result = app.tasks[name].apply(args=call["args"], kwargs=call["kwargs"], throw=False)
    took = time.perf_counter() - began
    return {
        "seconds": took,
        "state": result.state,
        "error": "" if result.successful() else type(result.result).__name__,
    }


def _masked(url: Any) -> str:
    """Return an address without its password."""
    from kombu.utils.url import maybe_sanitize_url

    return ", ".join(map(_masked, url)) if isinstance(url, (list, tuple)) else str(maybe_sanitize_url(str(url or "")))


def _place(error: BaseException) -> str:
    """Return the last line of the user's own code that the error passed: `tasks.py:12`."""
    found, trace = "", error.__traceback__
    here = os.path.dirname(__file__)  # noqa: PTH120 - Path is slower to read here
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith((here, sys.base_prefix, "<")) and "site-packages" not in file:
            found = f"{os.path.relpath(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
