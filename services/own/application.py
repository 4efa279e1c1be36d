"""Looks at a user's application in its own interpreter: what it has, without running it; or one call of a task."""

from __future__ import annotations

import json
import os
import select
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from concurrency_lab_inside.app import Wiring
from services.broker.contract import Place
from services.broker.private import private_broker
from services.core.errors import InvalidRequest, Problem
from services.core.safe_text import plain
from services.core.suggestions import did_you_mean
from services.core.task_reference import TaskCall
from services.core.units import Seconds
from services.own.surroundings import BUNDLE, their_environment
from services.process.group import ProcessGroup
from services.process.log import tail

#: Time for the import of an application.
IMPORT: Final[Seconds] = 60.0
#: Time for the one call that is tried, the import included.
TRY: Final[Seconds] = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFacts:
    """An application as its own interpreter sees it."""

    python: str
    celery: str
    kombu: str
    gevent: bool
    #: Signature and options of every task, by its name.
    tasks: Mapping[str, Mapping[str, Any]]
    #: Settings that name servers, without passwords: the lab replaces them.
    replaced: Mapping[str, str]
    #: Why the arguments do not fit the task; empty if they do, or if the task is not there.
    unbound: str = ""
    #: State, error type and seconds of the tried call; empty if none was.
    tried: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Where an application is: as after `celery -A`, from a folder, in an interpreter."""

    app: str
    folder: Path
    python: str


def look(
    application: Application, task: str = "", call: TaskCall | None = None, *, tries: bool = False
) -> ApplicationFacts:
    """Import the application sealed, and return what it has; with `tries` call `task` once, unsealed.

    Raises InvalidRequest: the interpreter lacks Celery, the application cannot be imported, or it takes too long.
    """
    call = call or TaskCall()
    with ExitStack() as held:
        broker = held.enter_context(private_broker())
        log = held.enter_context(tempfile.TemporaryFile(prefix="lab-look-"))
        reading, writing = os.pipe()
        held.callback(os.close, reading)
        wiring = Wiring(
            address=broker.address, options=broker.options(Place(attempt="look", share=0)), queue="tasks", prefetch=4
        )
        wired = {
            "parent": os.getpid(),
            "answer": writing,
            "port": urlsplit(broker.address).port,
            "wiring": wiring._asdict(),
            "own": {"app": application.app, "folder": str(application.folder), "name": task},
            "call": {"args": call.args, "kwargs": call.kwargs},
            "try": tries,
        }
        try:
            child = ProcessGroup(
                "the look at the application",
                [application.python, str(BUNDLE), "look"],
                environ={**their_environment(os.environ, address=broker.address), "LAB_LOOK": json.dumps(wired)},
                folder=str(application.folder),
                stdout=log,
                stderr=log,
                inherits=(writing,),
                orphaned=None,
            )
        finally:
            os.close(writing)
        held.callback(child.kill)
        answer = _answer(reading, TRY if tries else IMPORT)
        if answer is None:
            limit = TRY if tries else IMPORT
            raise _refused(application, f"it did not answer within {limit:.0f} s while it was imported")
        if not answer:
            raise _refused(application, f"its interpreter ended: {plain(tail(log.fileno()).strip()[-400:], 400)}")
    return _found(application, json.loads(answer))


def known_task(found: ApplicationFacts, task: str, field: str = "--task") -> None:
    """Raise InvalidRequest, with the nearest name, if the application has no such task."""
    if task not in found.tasks:
        names = ", ".join(found.tasks) or "none"
        allowed = f"must be a task of the application: {names}"
        raise InvalidRequest([Problem(field, task, allowed + did_you_mean(task, tuple(found.tasks)))])


def _answer(reading: int, patience: Seconds) -> bytes | None:
    """Return all that the child wrote before it closed the pipe; None if that takes longer than `patience`."""
    answer, deadline = b"", time.monotonic() + patience
    while (left := deadline - time.monotonic()) > 0:
        if select.select([reading], [], [], left)[0]:
            read = os.read(reading, 1 << 16)
            if not read:
                return answer
            answer += read
    return None


def _found(application: Application, answer: Mapping[str, Any]) -> ApplicationFacts:
    if missing := answer.get("missing"):
        had = f" (it has {answer['celery']})" if "celery" in answer else ""
        reason = f"needs {missing}{had}: {application.python} -m pip install 'celery[redis]'"
        raise InvalidRequest([Problem("--python", application.python, reason)])
    if error := answer.get("error"):
        place = f" ({plain(answer['place'])})" if answer.get("place") else ""
        raise _refused(application, f"{plain(error, 400)}{place}")
    return ApplicationFacts(
        python=answer["python"],
        celery=answer["celery"],
        kombu=answer["kombu"],
        gevent=answer["gevent"],
        tasks=answer["tasks"],
        replaced=answer["replaced"],
        unbound=answer.get("unbound", ""),
        tried=answer.get("tried", {}),
    )


def _refused(application: Application, reason: str) -> InvalidRequest:
    return InvalidRequest(
        [Problem("--app", application.app, f"cannot be imported from {application.folder}: {reason}")]
    )


def calls(texts: Sequence[str]) -> tuple[TaskCall, ...]:
    """Return the calls in the lines of a file of calls. Raises InvalidRequest with the number of a wrong line."""
    found = []
    for number, text in enumerate(texts, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            if set(line) - {"args", "kwargs"} or not isinstance(line.get("args", []), list):
                raise ValueError
            found.append(TaskCall(args=tuple(line.get("args", [])), kwargs=dict(line.get("kwargs", {}))))
        except (ValueError, TypeError):
            allowed = 'must be a JSON object such as {"args": ["a.jpg", 200], "kwargs": {}}'
            raise InvalidRequest([Problem("--calls", f"line {number}", allowed)]) from None
    if not found:
        raise InvalidRequest([Problem("--calls", "", "must hold at least one call")])
    return tuple(found)
