"""The dashboard as a process: gunicorn, one process with threads."""

from __future__ import annotations

import os
from typing import NoReturn

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from dashboard.app import create_app
from services.core.settings import Settings
from services.lab import root

#: Requests answered at once. Open pages ask once a second and are done in milliseconds.
THREADS = 16
#: Seconds until a worker process that does not end is killed; on a busy machine even one that leaves at once takes some.
PATIENCE = 20


def serve(settings: Settings, redis_url: str) -> None:
    """Serve the lab at `redis_url` on `settings.bind` until SIGINT or SIGTERM; then raises SystemExit."""
    _Server(settings.bind, redis_url).run()


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn set from here: its command line and configuration files are not read."""

    def __init__(self, bind: str, redis_url: str) -> None:
        self._bind = bind
        self._redis_url = redis_url
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": self._bind,
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "graceful_timeout": PATIENCE,
            "worker_int": _leave,
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
        return create_app(root.lab(self._redis_url))


def _leave(_worker: object) -> NoReturn:
    """End the worker on Ctrl-C without waiting for connections that browsers hold open; it has nothing to lose.

    Otherwise gunicorn kills it after the graceful timeout and says that the machine may be out of memory.
    """
    os._exit(0)
