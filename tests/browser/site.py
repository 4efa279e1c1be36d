"""A page that tells what went wrong on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.site import Site


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
