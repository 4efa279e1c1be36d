"""What every page owes its reader: usable by everybody, quiet, light, and from this host alone."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect

from services.store.server import EmbeddedServer
from tests.browser.site import visitor
from tests.site import Site
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger

COMPARED = "/compare?cell=0a1b2c3d:threads@4&cell=0a1b2c3d:prefork@4&cell=1a1b2c3d:threads@4x2"
PAGES = {
    "guide": "/",
    "decide": "/decide",
    "list": "/experiments",
    "form": "/experiments/new",
    "finished": "/experiments/0a1b2c3d",
    "running": "/experiments/2a1b2c3d",
    "failed": "/experiments/3a1b2c3d",
    "nothing to compare": "/compare",
    "compared": COMPARED,
    "nodes": "/nodes",
    "error": "/experiments/nothing",
    "refused form": "/experiments/new?repeats=0&models=fibers",
}
PHONE: ViewportSize = {"width": 390, "height": 844}
#: Bytes of a page with everything it loads but plotly.js, as sent.
HEAVIEST = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What was seen of a page, from a phone."""

    wrong: list[str]
    #: Of the page with everything that sticks out.
    width: int
    #: Addresses of everything it loaded, but plotly.js and what goes on for as long as one looks.
    asked: list[str]


@pytest.fixture(scope="module", params=list(PAGES.values()), ids=list(PAGES))
def visit(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Visit:
    with visitor(browser, site, viewport=PHONE) as watched:
        asked: list[str] = []
        watched.page.on("request", lambda request: asked.append(request.url) if _weighed(request) else None)
        settled(watched.page, request.param)
        return Visit(
            # The browser itself notes an answer that is meant to be a refusal.
            wrong=[line for line in watched.wrong if "the server responded with a status of 4" not in line],
            width=watched.page.evaluate("document.documentElement.scrollWidth"),
            asked=asked,
        )


def _weighed(request: Request) -> bool:
    return "plotly" not in request.url and request.resource_type != "eventsource"


def settled(page: Page, path: str) -> None:
    """The page with its charts drawn."""
    page.goto(path)
    expect(page.locator("h1")).to_have_count(1)
    for chart in page.locator(".chart:visible").all():
        expect(chart.locator(".main-svg").first).to_be_visible(timeout=20_000)


@pytest.fixture(scope="module", params=list(PAGES.values()), ids=list(PAGES))
def looked_through(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Page]:
    # axe looks at styles in ways that the policy of a page forbids; the policy itself is watched in the other tests.
    with visitor(browser, site, bypass_csp=True) as watched:
        settled(watched.page, request.param)
        yield watched.page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_used_by_everyone(looked_through: Page, scheme: Any) -> None:
    looked_through.emulate_media(color_scheme=scheme)
    found = Axe().run(looked_through).response["violations"]
    barriers = {
        one["id"]: [node["html"] for node in one["nodes"]] for one in found if one["impact"] in ("serious", "critical")
    }
    assert barriers == {}


def test_a_page_reports_nothing_on_the_console_and_asks_no_other_host(visit: Visit) -> None:
    assert visit.wrong == []


def test_a_page_never_scrolls_sideways_on_a_phone(visit: Visit) -> None:
    assert visit.width <= PHONE["width"]


def test_a_page_is_light(visit: Visit, site: Site) -> None:
    with httpx.Client(base_url=site.url) as web:
        sent = {url: len(gzip.compress(web.get(url).content)) for url in visit.asked}
    assert sum(sent.values()) < HEAVIEST, sent


def test_plotly_js_comes_compressed_and_once_for_ever(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as watched:
        page = watched.page
        with page.expect_response(re.compile("plotly")) as first:
            page.goto("/experiments/0a1b2c3d")
        headers = first.value.all_headers()
        assert headers["content-encoding"] == "gzip"
        assert "immutable" in headers["cache-control"] and "max-age=31536000" in headers["cache-control"]
        expect(page.locator(".main-svg").first).to_be_visible()
        page.goto("/experiments/1a1b2c3d")
        expect(page.locator(".main-svg").first).to_be_visible()
        size = page.evaluate(
            "performance.getEntriesByType('resource').find(one => /plotly/.test(one.name)).transferSize"
        )
        assert size == 0, "it was taken from the browser's cache"


def test_the_nodes_page_keeps_up_with_what_is_measured(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    with visitor(browser, own_site, viewport=PHONE) as watched:
        page = watched.page
        page.goto("/nodes")
        expect(page.locator("main")).to_contain_text("No node is running")
        ledger.nodes.announce(replace(made.node("desk", trial="0a1b2c3d-4"), seen=time.time()))
        expect(page.get_by_role("link", name="trial 0a1b2c3d-4")).to_be_visible(timeout=10_000)
        assert watched.wrong == []


def test_a_refresh_leaves_scrolling_and_keyboard_where_they_were(
    browser: Browser, own_site: Site, ledger: Ledger
) -> None:
    def announce(trial: str) -> None:
        ledger.nodes.announce(replace(made.node("desk", trial=trial), seen=time.time()))
        ledger.nodes.announce(replace(made.node("rack"), seen=time.time()))

    announce("0a1b2c3d-4")
    with visitor(browser, own_site, viewport=PHONE) as watched:
        page = watched.page
        page.goto("/nodes")
        page.get_by_role("link", name="trial").focus()
        table = page.get_by_role("region", name="Nodes", exact=True)
        table.evaluate("box => { box.scrollLeft = 40 }")
        announce("0a1b2c3d-5")
        expect(page.get_by_role("link", name="trial 0a1b2c3d-5")).to_be_focused(timeout=10_000)
        assert table.evaluate("box => box.scrollLeft") == 40


def test_the_nodes_page_states_when_it_is_cut_off(
    browser: Browser, own_site: Site, own_store: EmbeddedServer, ledger: Ledger
) -> None:
    with visitor(browser, own_site) as watched:
        page = watched.page
        page.goto("/nodes")
        own_store.stop()
        expect(page.locator("#lost")).to_contain_text("Connection lost: Redis does not answer", timeout=10_000)
        own_store.start()
        expect(page.locator("#lost")).to_be_hidden(timeout=10_000)
