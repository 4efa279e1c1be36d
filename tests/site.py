"""The dashboard as a process, as `lab up` starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import httpx

from services.lab.one_machine import url
from tests.live import free_port, until


class Site:
    """`python -m dashboard` on a free port of `address`; `environ` is added to the environment."""

    def __init__(self, redis_url: str, folder: Path, *, address: str = "127.0.0.1", **environ: str) -> None:
        bind = f"{address}:{free_port()}"
        self.url = url(bind)
        self._environ = {**os.environ, "LAB_REDIS_URL": redis_url, "LAB_BIND": bind, **environ}
        self._log = folder / "dashboard.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "dashboard"],
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._answers, seconds=30, alive=self.process)

    def stop(self, *, patience: float = 30.0) -> None:
        """As Ctrl-C in a terminal does; raises TimeoutExpired when it takes longer than `patience`."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(patience)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.process = None

    def told_to_end(self, *, patience: float) -> None:
        """As a supervisor does, who knows the main process only; raises TimeoutExpired."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(patience)
        self.process = None

    def said(self) -> str:
        """What it wrote to its log."""
        return self._log.read_text()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v1/health").is_success
        except httpx.TransportError:
            return False

    def __enter__(self) -> Site:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
