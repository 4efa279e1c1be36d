"""The lab in containers, made for these tests and taken down after them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.compose.containers import Containers
from tests.live import free_port


@pytest.fixture(scope="session")
def engine() -> None:
    """Skips where no engine answers, or where it has no Compose v2."""
    if shutil.which("docker") is None:
        pytest.skip("no container engine: docker is not installed")
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        asked = subprocess.run(command, check=False, capture_output=True, text=True)
        if asked.returncode:
            pytest.skip(f"no container engine: `{' '.join(command)}` says {asked.stderr.strip()!r}")


@pytest.fixture(scope="session")
def containers(engine: None) -> Iterator[Containers]:
    """Built and scaled to two nodes, on a port of its own; whatever an earlier run left is removed first."""
    containers = Containers(free_port())
    down = ("down", "--volumes", "--remove-orphans", "--timeout", "5")
    containers.compose(*down)
    try:
        containers.compose("--progress", "plain", "up", "--build", "--detach", "--scale", "worker=2")
        with containers.web:
            yield containers
    finally:
        containers.compose("ps", "--all")
        containers.compose("logs", "--no-color", "--tail", "100")
        containers.compose(*down)
        containers.remove_image()


@pytest.fixture
def lab(containers: Containers) -> Containers:
    """The containers, all of them there, whatever the test before did to them."""
    containers.await_healthy()
    return containers


@pytest.fixture(scope="session")
def measured(containers: Containers) -> dict[str, Any]:
    """The report of one experiment on one node and on two."""
    containers.await_healthy()
    path = containers.submit(
        workload="wait",
        params={"milliseconds": 20},
        models=["threads", "prefork"],
        concurrency=[2],
        replicas=[1, 2],
        repeats=1,
        effort="quick",
    )
    return containers.ended(path)
