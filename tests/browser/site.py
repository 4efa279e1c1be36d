"""The dashboard as a process, as `lab up` starts it, and a page that tells what went wrong on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.live import free_port, until


class Site:
    """`python -m dashboard` on a free port."""

    def __init__(self, redis_url: str, folder: Path) -> None:
        bind = f"127.0.0.1:{free_port()}"
        self.url = f"http://{bind}"
        self._environ = {**os.environ, "LAB_REDIS_URL": redis_url, "LAB_BIND": bind}
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


class Watched:
    """Everything about a page that nobody should have to see."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.wrong: list[str] = []
        self._site = site
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "trace"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._site.url}/", "data:", "blob:")):
            self.wrong.append(f"foreign request: {request.url}")


@contextmanager
def visitor(browser: Browser, site: Site, **context: Any) -> Iterator[Watched]:
    """A page of a new visitor; `context` is what Browser.new_context takes."""
    visit = browser.new_context(base_url=site.url, **context)
    try:
        yield Watched(visit.new_page(), site)
    finally:
        visit.close()
