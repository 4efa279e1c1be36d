"""The dashboard as a process: gunicorn, one process with threads."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import NoReturn, Protocol

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from concurrency_lab_inside.parent import die_with_parent
from dashboard import hosts
from dashboard.api import event_stream
from dashboard.app import create_app
from services.core.settings import Settings
from services.lab.root.lab import lab

#: Requests answered at once. A page that follows an experiment holds one of them for as long as it is looked at: half
#: may be held, the other half answers pages, which is done in milliseconds. A thread that waits costs no CPU.
THREADS = 2 * event_stream.STREAMS
#: Seconds until a worker process that does not end is killed; on a busy machine even leaving at once takes some.
PATIENCE = 20


def serve(settings: Settings, redis_url: str) -> None:
    """Serve the lab at `redis_url` on `settings.bind` until SIGINT or SIGTERM; then raises SystemExit."""
    _Server(settings, redis_url).run()


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn set from here: its command line and configuration files are not read."""

    def __init__(self, settings: Settings, redis_url: str) -> None:
        self._settings = settings
        self._redis_url = redis_url
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": self._settings.bind,
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "graceful_timeout": PATIENCE,
            "post_worker_init": _be_ready_to_leave,
            "proc_name": "lab dashboard",
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            # It would be a file in the user's home, shared by all labs of the user.
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Runs in the worker process: connections are made there, never carried through a fork."""
        return create_app(lab(self._redis_url, keep=self._settings.keep), allowed=hosts.allowed(self._settings))


class _Worker(Protocol):
    """The parts of gunicorn's worker that are used here."""

    #: Process id of the master that started it.
    ppid: int


def _be_ready_to_leave(worker: _Worker) -> None:
    """End at once on a signal, and when the master dies: there is nothing to lose.

    Gunicorn's own handlers wait on SIGTERM for streams to end, which they do not, and may lock themselves out on SIGINT
    and SIGQUIT: they shut down the pool of threads, whose lock the interrupted main thread holds while it hands over a
    request. Either way the worker would be killed after the graceful timeout, with a line about memory.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _leave)
    die_with_parent(worker.ppid, signal.SIGTERM)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    os._exit(0)
