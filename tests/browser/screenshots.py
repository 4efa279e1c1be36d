"""Remakes the pictures in docs/images from a real lab: `make screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import launched
from tests.live import LiveLab

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDE, NARROW = 1200, 390


def main() -> None:
    """Measure the experiment that README shows, and take a picture of it."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lab-screenshots-") as home:
        lab = LiveLab(Path(home))
        try:
            id = lab.submit("primes", concurrency=[1, 2], repeats=3, effort="quick")
            lab.ended(id, seconds=300)
            with sync_playwright() as playwright, launched(playwright) as browser:
                take(browser, f"{lab.url}/experiments/{id}", "experiment", "light", WIDE)
                take(browser, f"{lab.url}/experiments/{id}", "experiment-dark", "dark", WIDE)
                take(browser, f"{lab.url}/experiments/{id}", "experiment-narrow", "light", NARROW)
        finally:
            lab.stop()


def take(browser: Browser, url: str, name: str, scheme: str, width: int) -> None:
    """The page from its top to below the first chart."""
    page = browser.new_page(
        viewport={"width": width, "height": 1500}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page.goto(url)
    page.wait_for_selector(".js-plotly-plot .main-svg")
    page.screenshot(path=IMAGES / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main()
