"""Debian's Chromium, headless and quiet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found() -> str | None:
    """Where it is, if it is there."""
    return shutil.which("chromium")


def launched(playwright: Playwright) -> Browser:
    """Ends with its `with` block."""
    return playwright.chromium.launch(executable_path=found(), args=QUIET)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests: each opens pages of its own."""
    if found() is None:
        pytest.skip("no chromium: install it (Debian: apt-get install chromium)")
    # Other tests run at the same time. What is there already is not waited for.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser
