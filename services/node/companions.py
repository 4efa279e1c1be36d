"""Services that a workload needs during a trial; their addresses are in the measured worker's environment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager

from services.core.errors import CannotStart, TrialFailed
from services.process.group import ProcessGroup


@contextmanager
def companions(needed: Collection[str], *, redis_url: str) -> Iterator[dict[str, str]]:
    """Start the companions of a task reference; yield environment variables for the measured worker."""
    environ = {}
    with ExitStack() as held:
        if "http" in needed:
            environ["LAB_HTTP_PORT"] = held.enter_context(_web_server())
        if "redis" in needed:
            environ["LAB_CHANNEL_REDIS"] = redis_url
        yield environ


@contextmanager
def _web_server() -> Iterator[str]:
    """Run a loopback HTTP server and yield its port. Raises TrialFailed when it does not start."""
    command = [sys.executable, "-P", "-m", "services.node.loopback"]
    with ProcessGroup("the loopback HTTP server", command, stdout=subprocess.PIPE) as server:
        try:
            port = server.read_line().strip()
        except CannotStart as error:
            raise TrialFailed(str(error)) from error
        yield port
