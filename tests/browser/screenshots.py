"""Remakes the pictures in docs/images from a real lab: `make screenshots`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import launched
from tests.live import LiveLab

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDE, NARROW = 1200, 390


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A part of a page: from its top to below the first chart, or one element."""

    name: str
    path: str
    #: Selector of what must be there before it is taken.
    shows: str
    #: Selector of the element that is taken; empty = what fits a tall window.
    part: str = ""
    width: int = WIDE


def main() -> None:
    """Measure what README and guide show, and take pictures of it, by day and by night."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lab-screenshots-") as home:
        lab = LiveLab(Path(home))
        try:
            id = lab.submit("primes", concurrency=[1, 2], repeats=3, effort="quick")
            claimed = lab.web.post("/api/v1/claims/gil/measure").raise_for_status().json()["id"]
            lab.ended(id, seconds=300)
            lab.ended(claimed, seconds=300)
            with sync_playwright() as playwright, launched(playwright) as browser:
                for picture in pictures(id):
                    take(browser, lab.url, picture, dark=False)
                    if picture.width == WIDE:
                        take(browser, lab.url, picture, dark=True)
        finally:
            lab.stop()


def pictures(id: str) -> Iterator[Picture]:
    """Of the experiment `id`, and of the guide."""
    drawn = ".js-plotly-plot .main-svg"
    page = f"/experiments/{id}"
    yield Picture(name="guide", path="/", shows=".holds")
    yield Picture(name="experiment", path=page, shows=drawn)
    yield Picture(name="experiment-narrow", path=page, shows=drawn, width=NARROW)
    yield Picture(name="timeline", path=page, shows=f"#timeline {drawn}", part="#timeline")
    cells = "&".join(f"cell={id}:{cell}" for cell in ("threads@2", "prefork@2", "gevent@2"))
    yield Picture(name="compare", path=f"/compare?{cells}", shows=".measures")


def take(browser: Browser, url: str, picture: Picture, *, dark: bool) -> None:
    """Write it to docs/images; one by night has `-dark` in its name."""
    page = browser.new_page(viewport={"width": picture.width, "height": 1500}, color_scheme="dark" if dark else "light")
    page.goto(url + picture.path)
    # What lies below the window is drawn when it comes into sight.
    page.locator(picture.part or "main").scroll_into_view_if_needed()
    expect(page.locator(picture.shows).first).to_be_visible(timeout=30_000)
    file = IMAGES / f"{picture.name}{'-dark' if dark else ''}.png"
    if picture.part:
        page.locator(picture.part).screenshot(path=file)
    else:
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=file)
    page.close()


if __name__ == "__main__":
    main()
