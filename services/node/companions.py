"""What a workload needs beside its measured worker for the length of a trial, told to the worker in its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from services.core.errors import TrialFailed
from workloads.contract import Workload


@contextmanager
def companions(workload: Workload, *, redis_url: str) -> Iterator[dict[str, str]]:
    """Starts what the workload's `services` name; yields environment variables for the measured worker."""
    environ = {}
    with ExitStack() as held:
        if "http" in workload.services:
            environ["LAB_HTTP_PORT"] = held.enter_context(_web_server())
        if "redis" in workload.services:
            environ["LAB_CHANNEL_REDIS"] = redis_url
        yield environ


@contextmanager
def _web_server() -> Iterator[str]:
    """Its port."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "services.node.loopback", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        if not port:
            raise TrialFailed(f"the loopback HTTP server did not start (exit {process.wait()})")
        yield port
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
