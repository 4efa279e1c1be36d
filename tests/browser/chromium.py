"""Debian's Chromium, headless and quiet."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, Playwright

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
