"""The lab in containers, made for one test and taken down after it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

root = Path(__file__).parents[2]
project = "labtest"


@pytest.fixture(scope="session")
def engine() -> None:
    """Skips where no engine answers, or where it has no Compose v2."""
    if shutil.which("docker") is None:
        pytest.skip("no container engine: docker is not installed")
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        asked = subprocess.run(command, check=False, capture_output=True, text=True)
        if asked.returncode:
            pytest.skip(f"no container engine: `{' '.join(command)}` says {asked.stderr.strip()!r}")


@pytest.fixture
def lab(engine: None) -> Iterator[httpx.Client]:
    """A client of a lab with two nodes, on a port of its own; whatever an earlier run left is removed first."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def compose(*arguments: str) -> None:
        # Its output is the test's: pytest shows it when the test fails.
        subprocess.run(
            ["docker", "compose", "-p", project, *arguments],
            cwd=root,
            env=os.environ | {"LAB_PORT": str(port)},
            check=True,
        )

    down = ("down", "--volumes", "--remove-orphans", "--timeout", "5")
    compose(*down)
    try:
        compose("--progress", "plain", "up", "--build", "--detach", "--scale", "worker=2")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            yield client
    finally:
        compose("ps", "--all")
        compose("logs", "--no-color", "--tail", "100")
        compose(*down)
