"""The lab in containers, made for these tests and taken down after them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

root = Path(__file__).parents[2]
project = "labtest"

SERVICES: Final = ("redis", "dashboard", "conductor", "worker")
#: Cores and bytes that one node may use: less than the machine has, so that a figure of the machine is told apart.
CPUS: Final = 1.0
MEMORY: Final = 1 << 30


class Containers:
    """The containers of one lab with two nodes, and a client of its dashboard."""

    def __init__(self, port: int) -> None:
        self._environ = {
            "LAB_PORT": str(port),
            "LAB_WORKER_CPUS": f"{CPUS:g}",
            "LAB_WORKER_MEMORY": str(MEMORY),
        }
        self.web = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10)

    def run(self, *arguments: str) -> None:
        """A command of Docker Compose that must succeed. Its output is the test's: pytest shows it on failure."""
        subprocess.run(self._command(arguments), cwd=root, env=os.environ | self._environ, check=True)

    def said(self, *arguments: str, check: bool = True) -> str:
        """What a command of Docker Compose prints."""
        asked = subprocess.run(
            self._command(arguments),
            cwd=root,
            env=os.environ | self._environ,
            check=check,
            stdout=subprocess.PIPE,
            text=True,
        )
        return asked.stdout

    def shell(self, service: str, script: str, *, node: int = 1, check: bool = True) -> str:
        """What a shell in a service's container prints, as the user that the service runs as."""
        return self.said("exec", "--no-TTY", "--index", str(node), service, "sh", "-c", script, check=check)

    def kill(self, service: str, *, node: int = 1) -> None:
        """SIGKILL to every process in a service's container but its init, which then ends as they did."""
        self.shell(service, "kill -9 -1", node=node, check=False)

    def exits(self) -> dict[str, int]:
        """Exit status of every container, by name."""
        lines = self.said("ps", "--all", "--format", "json").splitlines()
        return {one["Name"]: one["ExitCode"] for one in map(json.loads, lines)}

    def eventually(self, path: str, enough: Callable[[Any], bool], seconds: float) -> Any:
        """The first body of GET `path` that is enough. Until the deadline a lab may be away, or not there yet."""
        deadline = time.monotonic() + seconds
        last = "never asked"
        while time.monotonic() < deadline:
            try:
                answer = self.web.get(path)
            except httpx.TransportError as error:
                last = repr(error)
            else:
                last = f"{answer.status_code} {answer.text}"
                if answer.is_success and enough(answer.json()):
                    return answer.json()
            time.sleep(0.5)
        pytest.fail(f"GET {path}: not enough after {seconds} s, the last answer being {last}")

    def whole(self) -> None:
        """Waits until every part answers and both nodes are there."""
        self.eventually("/api/v1/health", lambda health: health["whole"] and health["nodes"] == 2, 120)

    def submit(self, **experiment: object) -> str:
        """Where the report of a new experiment is."""
        accepted = self.web.post("/api/v1/experiments", json=experiment)
        assert accepted.status_code == 202, accepted.text
        return accepted.headers["Location"]

    def ended(self, path: str, seconds: float) -> dict[str, Any]:
        """An experiment's report once it has ended."""
        report: dict[str, Any] = self.eventually(
            path, lambda report: report["state"] not in {"queued", "running"}, seconds
        )
        return report

    @staticmethod
    def _command(arguments: tuple[str, ...]) -> list[str]:
        return ["docker", "compose", "--project-name", project, *arguments]


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
    """Built and scaled, on a port of its own; whatever an earlier run left is removed first."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    containers = Containers(port)
    down = ("down", "--volumes", "--remove-orphans", "--timeout", "5")
    containers.run(*down)
    try:
        containers.run("--progress", "plain", "up", "--build", "--detach", "--scale", "worker=2")
        with containers.web:
            yield containers
    finally:
        containers.run("ps", "--all")
        containers.run("logs", "--no-color", "--tail", "100")
        containers.run(*down)


@pytest.fixture
def lab(containers: Containers) -> Containers:
    """The containers, all of them there, whatever the test before did to them."""
    containers.whole()
    return containers
