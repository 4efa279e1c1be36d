"""Every page in a real browser: light, dark and narrow; nothing on the console, nothing from another host."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from services.views.charts.handover import HANDOVER
from services.views.charts.peak_memory import MEMORY
from services.views.charts.throughput import THROUGHPUT
from tests.browser.site import visitor
from tests.live import until
from tests.site import Site

PAGES = (
    "/",
    "/experiments",
    "/experiments/new",
    "/experiments/0a1b2c3d",
    "/experiments/1a1b2c3d",
    "/experiments/2a1b2c3d",
    "/experiments/3a1b2c3d",
    "/nodes",
)
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
CHARTS_FIT = """
    [...document.querySelectorAll('.main-svg')].every(one => one.clientWidth <= one.closest('.chart').clientWidth)
"""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_fits_a_phone_at_night_and_a_desk_by_day(browser: Browser, site: Site, path: str) -> None:
    with visitor(browser, site, viewport=PHONE, color_scheme="dark") as watched:
        page = watched.page
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        for size, scheme in ((PHONE, "dark"), (DESK, "light"), (PHONE, "light"), (DESK, "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for chart in page.locator(".chart:visible").all():
                expect(chart.locator(".main-svg").first).to_be_visible()
            until(lambda: page.evaluate(CHARTS_FIT), seconds=10)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert watched.wrong == []


@pytest.mark.parametrize("path", ["/nothing", "/experiments/nothing", "/experiments/new?repeats=0"])
def test_a_page_that_refuses_is_a_page(browser: Browser, site: Site, path: str) -> None:
    with visitor(browser, site) as watched:
        watched.page.goto(path)
        expect(watched.page.locator("h1")).to_have_count(1)
        # The browser itself notes the status of what it loads.
        assert [line for line in watched.wrong if "the server responded with a status" not in line] == []


def test_charts_are_drawn_with_the_values_of_their_tables(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as watched:
        page = watched.page
        page.goto("/experiments/0a1b2c3d")
        for figure in (THROUGHPUT, MEMORY, HANDOVER):
            chart = page.locator(f'[data-chart="{figure.name}"]')
            expect(chart.locator(".scatterlayer .trace").first).to_be_attached()
            names = chart.locator(".legendtext").all_text_contents()
            assert names == ["sequential", "threads", "gevent", "prefork"]
            assert page.locator(f'[data-part="table-{figure.name}"] tbody tr').count() == 10


def test_the_policy_lets_plotly_style_and_export_its_charts(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as watched:
        page = watched.page
        page.goto("/experiments/0a1b2c3d")
        expect(page.locator(".main-svg").first).to_be_visible()
        assert page.evaluate("document.getElementById('plotly.js-style-global').sheet.cssRules.length") > 10
        picture = page.evaluate("Plotly.toImage(document.querySelector('.chart'), {format: 'png'})")
        assert str(picture).startswith("data:image/png")
        assert watched.wrong == []


def test_charts_follow_the_change_to_dark(browser: Browser, site: Site) -> None:
    with visitor(browser, site, color_scheme="light") as watched:
        page = watched.page
        page.goto("/experiments/0a1b2c3d")
        text = page.locator(".legendtext").first
        expect(text).to_have_css("fill", "rgb(27, 29, 33)")
        page.emulate_media(color_scheme="dark")
        expect(text).to_have_css("fill", "rgb(234, 232, 227)")


def test_without_javascript_every_value_is_there(browser: Browser, site: Site) -> None:
    with visitor(browser, site, java_script_enabled=False) as watched:
        page = watched.page
        page.goto("/experiments/0a1b2c3d")
        expect(page.get_by_role("cell", name="finished")).to_have_count(30)
        page.goto("/experiments/new")
        page.get_by_label("Workload").select_option("wait")
        page.get_by_label("Concurrency").fill("1, 16")
        page.get_by_role("button", name="Show its parameters").click()
        expect(page.get_by_label("milliseconds")).to_have_value("20")
        expect(page.get_by_label("Concurrency")).to_have_value("1, 16")


def test_the_first_key_leads_past_the_navigation(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as watched:
        page = watched.page
        page.goto("/experiments")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
