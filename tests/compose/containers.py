"""The lab in containers, driven as its user drives it: Docker Compose and the dashboard's address."""

from __future__ import annotations

import json
import os
import subprocess
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.live import until

ROOT: Final = Path(__file__).parents[2]
#: Of this checkout's own: two checkouts test at the same time, and a run finds what the one before it left.
PROJECT: Final = f"labtest-{zlib.crc32(os.fsencode(ROOT)):08x}"
IMAGE: Final = f"concurrency-lab:{PROJECT}"
#: Cores and bytes that one node may use: less than the machine has, so that a figure of the machine is told apart.
CPUS: Final = 1.0
MEMORY: Final = 1 << 30


class Containers:
    """The containers of one lab, and a client of its dashboard on `port`."""

    def __init__(self, port: int) -> None:
        self.web = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10)
        self._environ = os.environ | {
            "LAB_IMAGE": IMAGE,
            "LAB_PORT": str(port),
            "LAB_WORKER_CPUS": f"{CPUS:g}",
            "LAB_WORKER_MEMORY": str(MEMORY),
        }

    def compose(self, *arguments: str) -> None:
        """A command of Docker Compose that must succeed. Its output is the test's: pytest shows it on failure."""
        subprocess.run(_compose(arguments), cwd=ROOT, env=self._environ, check=True)

    def said(self, *arguments: str) -> str:
        """What a command of Docker Compose prints."""
        asked = subprocess.run(
            _compose(arguments), cwd=ROOT, env=self._environ, check=True, stdout=subprocess.PIPE, text=True
        )
        return asked.stdout

    def shell(self, script: str, *, service: str, number: int = 1) -> str:
        """What a shell in a service's container prints, as the user that the service runs as."""
        return self.said("exec", "--no-TTY", "--index", str(number), service, "sh", "-c", script)

    def inspected(self, service: str) -> dict[str, Any]:
        """What the engine says of a service's first container."""
        command = ["docker", "inspect", f"{PROJECT}-{service}-1"]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        return dict(found[0])

    def is_internal(self, network: str) -> bool:
        """Whether a network leads nowhere else."""
        command = ["docker", "network", "inspect", "--format", "{{.Internal}}", network]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip() == "true"

    def remove_image(self) -> None:
        """Leave none of this checkout behind; what was built stays in the engine's cache."""
        subprocess.run(["docker", "image", "rm", "--force", IMAGE], check=True, stdout=subprocess.DEVNULL)

    def kill(self, service: str) -> None:
        """SIGKILL to every process in a service's first container but its init, which then ends as they did.

        Comes back when the engine has started the container again.
        """
        before = _restarts(service)
        # The engine may end this shell with its container: that it does not say goodbye is no fault.
        command = _compose(("exec", "--no-TTY", service, "sh", "-c", "kill -9 -1"))
        subprocess.run(command, cwd=ROOT, env=self._environ, check=False)
        until(lambda: _restarts(service) != before, seconds=30, pause=0.1)

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

    def await_healthy(self) -> None:
        """Comes back when every part answers and both nodes are there."""
        self.eventually("/api/v1/health", lambda health: health["healthy"] and health["nodes"] == 2, 120)

    def submit(self, **experiment: object) -> str:
        """Path of a new experiment's report."""
        accepted = self.web.post("/api/v1/experiments", json=experiment)
        assert accepted.status_code == 202, accepted.text
        return accepted.headers["Location"]

    def ended(self, path: str) -> dict[str, Any]:
        """An experiment's report once it has ended."""
        report: dict[str, Any] = self.eventually(path, lambda now: now["state"] not in {"queued", "running"}, 180)
        return report


def _compose(arguments: tuple[str, ...]) -> list[str]:
    return ["docker", "compose", "--project-name", PROJECT, *arguments]


def _restarts(service: str) -> int:
    command = ["docker", "inspect", "--format", "{{.RestartCount}}", f"{PROJECT}-{service}-1"]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
