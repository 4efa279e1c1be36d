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
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from concurrency_lab_inside.app import Wiring
from services.broker.contract import Place
from services.broker.private import private_broker
from services.core.errors import InvalidRequest, Problem
from services.core.safe_text import plain
from services.core.task_reference import TaskCall
from services.core.units import Seconds
from services.own.surroundings import BUNDLE, their_environment
from services.process.group import ProcessGroup
from services.process.log import tail


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLimits:
    """How long a look waits."""

    #: For the import of an application.
    importing: Seconds = 60.0
    #: For the one call that is tried.
    trying: Seconds = 120.0


USUAL: Final = LookLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedCall:
    """One call of a task, watched."""

    #: As Celery names it: SUCCESS, FAILURE, RETRY, IGNORED, REJECTED.
    state: str
    #: Type of the error that it raised; empty if it raised none.
    error: str
    seconds: Seconds
    #: What it did, as far as CPython shows it: the line of the user's own by what happened.
    seen: Mapping[str, str]
    #: How many messages it sent, by the name of the task.
    children: Mapping[str, int]


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
    #: The calls that do not fit the task, from 1, each with the reason; empty if the task is not there.
    unbound: Mapping[int, str] = field(default_factory=dict)
    #: How long the import took, and what it did, with the line of the user's own.
    imported: Seconds = 0.0
    seen_at_import: Mapping[str, str] = field(default_factory=dict)
    #: The call that was tried; None if none was.
    tried: TriedCall | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Where an application is: as after `celery -A`, from a folder, in an interpreter."""

    app: str
    folder: Path
    python: str
    #: Variables that it gets besides the environment.
    environ: Mapping[str, str] = field(default_factory=dict)


def look(
    application: Application,
    task: str = "",
    *calls: TaskCall,
    tries: bool = False,
    limits: LookLimits = USUAL,
) -> ApplicationFacts:
    """Import the application sealed, and return what it has and which of `calls` do not fit `task`.

    With `tries` the task is then called once, unsealed, with the arguments of the first call; with none if there is no
    call.

    Raises InvalidRequest: the interpreter lacks Celery, the application cannot be imported, or it takes too long.
    """
    with ExitStack() as held:
        # The prefix of trials: a node sweeps what a killed process leaves.
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="lab-trial-"))
        broker = held.enter_context(private_broker(Path(folder)))
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
            "calls": [{"args": call.args, "kwargs": call.kwargs} for call in calls or (TaskCall(),)],
            "try": tries,
        }
        # Not in the environment: arguments may be long, and other programs of the user can read it there.
        order = held.enter_context(tempfile.TemporaryFile(mode="w+", prefix="lab-look-", encoding="utf-8"))
        try:
            json.dump(wired, order)
            order.seek(0)
            held.callback(_started(application, broker.address, order.fileno(), log.fileno(), writing).kill)
        finally:
            os.close(writing)
        answer = _answer(reading, limits=limits, tries=tries)
        if "last" not in answer:
            raise _unanswered(application, answer, tail(log.fileno()), limits=limits, task=task)
    return _found(application, answer)


def _started(application: Application, address: str, order: int, log: int, answer: int) -> ProcessGroup:
    """Start the look in the application's interpreter; `order`, `log` and `answer` are descriptors."""
    environ = their_environment(os.environ, python=application.python, address=address, more=application.environ)
    return ProcessGroup(
        "the look at the application",
        [application.python, str(BUNDLE), "look"],
        environ={**environ, "LAB_LOOK": str(order)},
        folder=str(application.folder),
        stdout=log,
        stderr=log,
        inherits=(answer, order),
        orphaned=None,
    )


def known_task(found: ApplicationFacts, task: str, field: str = "--task") -> None:
    """Raise InvalidRequest, with the three nearest names, if the application has no such task."""
    if task in found.tasks:
        return
    near = get_close_matches(task, list(found.tasks), n=3, cutoff=0.4) or list(found.tasks)[:3]
    if not near:
        raise InvalidRequest([Problem(field, task, "must be a task of the application, and it registers none")])
    allowed = f"must be a task of the application ({len(found.tasks)} in all): did you mean {', '.join(near)}?"
    raise InvalidRequest([Problem(field, task, allowed)])


def _answer(reading: int, *, limits: LookLimits, tries: bool) -> dict[str, Any]:
    """Return what the child has written up to its last line, its end, or the limit of what it does."""
    answer: dict[str, Any] = {}
    text, deadline = b"", time.monotonic() + limits.importing
    while "last" not in answer and (left := deadline - time.monotonic()) > 0:
        if not select.select([reading], [], [], left)[0]:
            continue
        if not (read := os.read(reading, 1 << 16)):
            # A process that the application started may still hold the pipe; this one has ended.
            answer["ended"] = True
            return answer
        *lines, text = (text + read).split(b"\n")
        for line in lines:
            answer.update(json.loads(line))
            deadline = time.monotonic() + (limits.trying if tries else limits.importing)
    return answer


def _unanswered(
    application: Application, answer: Mapping[str, Any], log: str, *, limits: LookLimits, task: str
) -> InvalidRequest:
    """Return why a look has no answer."""
    if "ended" in answer:
        return _refused(application, f"its interpreter ended: {plain(log.strip()[-400:], 400) or 'without a word'}")
    if "imported" in answer:
        reason = f"did not end within {limits.trying:g} s in the call that was tried; a child task that it waits for"
        return InvalidRequest([Problem("--task", task, f"{reason} never runs in the lab")])
    return _refused(application, f"the import did not end within {limits.importing:g} s")


def _found(application: Application, answer: Mapping[str, Any]) -> ApplicationFacts:
    if missing := answer.get("missing"):
        had = f" (it has {answer['celery']})" if "celery" in answer else ""
        reason = f"needs {missing}{had}: {application.python} -m pip install 'celery[redis]'"
        raise InvalidRequest([Problem("--python", application.python, reason)])
    if broken := answer.get("broken"):
        reason = f"its environment is broken, before any code of yours is imported: {plain(broken, 400)}"
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
        unbound=dict(answer.get("unbound", ())),
        imported=answer.get("imported", 0.0),
        seen_at_import=answer.get("seen_at_import", {}),
        tried=TriedCall(**answer["tried"]) if "tried" in answer else None,
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
            if (
                not isinstance(line, dict)
                or set(line) - {"args", "kwargs"}
                or not isinstance(line.get("args", []), list)
            ):
                raise ValueError
            found.append(TaskCall(args=tuple(line.get("args", [])), kwargs=dict(line.get("kwargs", {}))))
        except (ValueError, TypeError, RecursionError):
            allowed = 'must be a JSON object such as {"args": ["a.jpg", 200], "kwargs": {}}'
            raise InvalidRequest([Problem("--calls", f"line {number}", allowed)]) from None
    if not found:
        raise InvalidRequest([Problem("--calls", "", "must hold at least one call")])
    return tuple(found)
