"""Processes that stand beside a measured worker for the length of a trial, and what they put in its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from services.core.errors import TrialFailed
from workloads.contract import Workload


@contextmanager
def companions(workload: Workload) -> Iterator[dict[str, str]]:
    """Starts what the workload's `services` name; yields environment variables for the measured worker."""
    if "http" not in workload.services:
        yield {}
        return
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
        yield {"LAB_HTTP_PORT": port}
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
