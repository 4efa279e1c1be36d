"""A real lab of the test's own: `lab up` in a fresh data folder, driven over REST as a user would."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from services.own.surroundings import BUNDLE

LAB = (sys.executable, "-P", "-m", "services.cli")


class LiveLab:
    """`lab up`, running; `stop` leaves nothing behind."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.temporary = home / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self.environ = {
            **os.environ,
            "XDG_DATA_HOME": str(home),
            "LAB_BIND": f"127.0.0.1:{free_port()}",
            "TMPDIR": str(self.temporary),
        }
        for name in ("LAB_REDIS_URL", "LAB_BROKER_URL"):
            self.environ.pop(name, None)
        self._said = (home / "lab-up.log").open("w+b")
        self.process = self._up()
        self.url = self._ready()
        self.web = httpx.Client(base_url=self.url, timeout=30.0)

    def _up(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*LAB, "up"], env=self.environ, stdin=subprocess.DEVNULL, stdout=self._said, stderr=subprocess.STDOUT
        )

    def _ready(self) -> str:
        ready = until(lambda: re.findall(rb"open (http://\S+)", self.said()), seconds=90, alive=self.process)
        return str(ready[-1].decode())

    def again(self) -> None:
        """`lab up` once more, after it was killed."""
        self._said.truncate(0)
        self.process = self._up()
        self._ready()

    def said(self) -> bytes:
        """Everything that `lab up` printed."""
        return Path(self._said.name).read_bytes()

    def stop(self) -> None:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.close()

    def close(self) -> None:
        """Of the test's own files."""
        self.web.close()
        self._said.close()

    @property
    def redis_url(self) -> str:
        """Address of its ledger."""
        return self._running("redis_url")

    @property
    def broker_url(self) -> str:
        """Address of its broker under test."""
        return self._running("broker_url")

    def _running(self, field: str) -> str:
        return str(json.loads((self.home / "concurrency-lab" / "running.json").read_text())[field])

    def submit(self, workload: str, **asked: Any) -> str:
        """The id of a new experiment."""
        answer = self.web.post("/api/v1/experiments", json={"workload": workload, **asked})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def report(self, id: str) -> dict[str, Any]:
        """What REST says of it; waits for a dashboard that is just coming back."""

        def asked() -> httpx.Response | None:
            try:
                answer = self.web.get(f"/api/v1/experiments/{id}")
            except httpx.TransportError:
                return None
            return answer if answer.status_code == 200 else None

        answer = until(asked, seconds=30)
        found: dict[str, Any] = answer.json()
        return found

    def ended(self, id: str, *, seconds: float = 120) -> dict[str, Any]:
        """Its report once it has ended."""

        def ended() -> dict[str, Any] | None:
            report = self.report(id)
            return report if report["state"] in ENDED else None

        # Seldom: whoever asks takes CPU from what is measured.
        report: dict[str, Any] = until(ended, seconds=seconds, pause=0.5)
        return report

    def measure(self, workload: str, **asked: Any) -> dict[str, dict[str, Any]]:
        """The cells of a finished experiment by name."""
        report = self.ended(self.submit(workload, **asked))
        assert report["state"] == "finished", report["reason"]
        return {cell["name"]: cell for cell in report["cells"]}

    def measure_undisturbed(self, workload: str, **asked: Any) -> dict[str, dict[str, Any]]:
        """As `measure`, but again, twice at the most, while the lab itself says that the host was too busy to trust."""
        cells = self.measure(workload, **asked)
        for _ in range(2):
            if not any(warned["name"] == "host busy" for cell in cells.values() for warned in cell["warnings"]):
                break
            cells = self.measure(workload, **asked)
        return cells

    def part(self, name: str) -> psutil.Process:
        """A process of the lab: conductor, node, dashboard, ledger or broker."""
        children = psutil.Process(self.process.pid).children()
        if name in ("ledger", "broker"):
            # A server shows its address as its command line.
            name = f":{urlsplit(self.redis_url if name == 'ledger' else self.broker_url).port}"
        return next(child for child in children if any(name in word for word in child.cmdline()))

    def workers(self) -> list[psutil.Process]:
        """Main processes of the measured workers that run now."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                words = child.cmdline()
            except psutil.Error:
                continue
            if str(BUNDLE) in words and str(BUNDLE) not in _words(child.parent()):
                found.append(child)
        return found


ENDED = ("finished", "failed", "cancelled")


def _words(process: psutil.Process | None) -> list[str]:
    try:
        return [] if process is None else list(process.cmdline())
    except psutil.Error:
        return []


def until(
    true: Callable[[], Any], *, seconds: float = 10.0, alive: subprocess.Popen[bytes] | None = None, pause: float = 0.02
) -> Any:
    """What `true()` answers once that is true; fails the test when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < deadline, f"not true within {seconds:g} s"
        assert alive is None or alive.poll() is None, f"ended with {alive.poll()}"
        threading.Event().wait(pause)
    return answer


def runs(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    """A port on the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def live_lab() -> Iterator[LiveLab]:
    """One lab for all tests of a module that do it no harm."""
    with tempfile.TemporaryDirectory(prefix="lab-test-") as home:
        lab = LiveLab(Path(home))
        yield lab
        lab.stop()


@pytest.fixture
def own_lab(tmp_path: Path) -> Iterator[LiveLab]:
    """A lab that the test may break."""
    lab = LiveLab(tmp_path)
    yield lab
    if lab.process.poll() is None:
        lab.stop()
    lab.close()
