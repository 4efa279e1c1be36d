"""Every chart in a real browser: drawn, legible on a phone, and to be taken away; and single tasks of a trial."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from services.store.connection import connect
from services.store.server import EmbeddedServer
from tests.browser.site import visitor
from tests.live import until
from tests.site import Site
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger
from tests.unit.views.charts.bars import in_processes, sharing_a_gil

PAGE = "/experiments/0a1b2c3d"
PHONE: ViewportSize = {"width": 390, "height": 844}
#: Of a grid of models and concurrencies with a full queue.
SHOWN = (
    "throughput",
    "speedup",
    "efficiency",
    "latency",
    "breakdown",
    "cpu",
    "memory",
    "slot-memory",
    "tradeoff",
    "handover",
)
PNG = b"\x89PNG\r\n\x1a\n"
#: The rectangles of the panels, and the charts whose legend reaches into the first of them.
PANEL_WIDTHS = """
    [...document.querySelectorAll('[data-chart=memory] .nsewdrag')].map(one => one.getBoundingClientRect().width)
"""
COVERED = """
    [...document.querySelectorAll('[data-chart]')].filter(chart => {
        const legend = chart.querySelector('.legend')?.getBoundingClientRect();
        return legend && legend.bottom > chart.querySelector('.nsewdrag').getBoundingClientRect().top + 1;
    }).map(chart => chart.dataset.chart)
"""


@pytest.fixture(scope="module")
def charted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Holds a finished experiment with single tasks of its trials; nobody changes it."""
    with EmbeddedServer(tmp_path_factory.mktemp("store")) as server, connect(server.url) as client:
        asked, ledger = made.experiment(), Ledger(client)
        ledger.keep(asked, [])
        ledger.experiments.save_nodes(asked.id, (made.node(),))
        for result in made.results(asked):
            tasks = in_processes() if result.trial.cell.model == "prefork" else sharing_a_gil()
            ledger.experiments.save_trial(result, tasks)
        with Site(server.url, tmp_path_factory.mktemp("site")) as site:
            yield site


def drawn(page: Page) -> list[str]:
    """Names of the figures with a chart on screen or below it."""
    return list(
        page.evaluate(
            "[...document.querySelectorAll('[data-chart]')].filter(one => one.querySelector('.main-svg'))"
            ".map(one => one.dataset.chart)"
        )
    )


def test_every_figure_with_values_is_drawn_and_no_other(browser: Browser, charted: Site) -> None:
    with visitor(browser, charted) as watched:
        watched.page.goto(PAGE)
        until(lambda: len(drawn(watched.page)) == len(SHOWN), seconds=20)
        assert drawn(watched.page) == list(SHOWN)
        expect(watched.page.locator("#figure-payload")).to_be_hidden()
        assert watched.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_panels_stand_one_above_another_and_no_legend_covers_a_plot(
    browser: Browser, charted: Site, scheme: str
) -> None:
    with visitor(browser, charted, viewport=PHONE, color_scheme=scheme) as watched:
        page = watched.page
        page.goto(PAGE)
        until(lambda: len(drawn(page)) == len(SHOWN), seconds=20)
        widths = page.evaluate(PANEL_WIDTHS)
        assert len(widths) == 3 and min(widths) > 200
        assert page.evaluate(COVERED) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert watched.wrong == []


def test_panels_stand_beside_each_other_again_when_the_window_is_widened(browser: Browser, charted: Site) -> None:
    with visitor(browser, charted, viewport=PHONE) as watched:
        page = watched.page
        page.goto(PAGE)
        until(lambda: len(drawn(page)) == len(SHOWN), seconds=20)
        page.set_viewport_size({"width": 1280, "height": 900})
        until(lambda: 50 < page.evaluate(PANEL_WIDTHS)[1] < 200, seconds=10)


def test_charts_that_were_drawn_at_night_are_black_on_white_on_paper(browser: Browser, charted: Site) -> None:
    with visitor(browser, charted, color_scheme="dark") as watched:
        watched.page.goto(f"{charted.url}{PAGE}")
        text = watched.page.locator("[data-chart=throughput] .xtick text").first
        expect(text).to_have_css("fill", "rgb(163, 169, 179)")
        for event, colour in (("beforeprint", "rgb(68, 68, 68)"), ("afterprint", "rgb(163, 169, 179)")):
            watched.page.evaluate("name => dispatchEvent(new Event(name))", event)
            expect(text).to_have_css("fill", colour)


def test_a_chart_can_be_taken_away_as_a_picture(browser: Browser, charted: Site, tmp_path: Path) -> None:
    with visitor(browser, charted, accept_downloads=True) as watched:
        page = watched.page
        page.goto(PAGE)
        for name in ("throughput", "memory", "breakdown"):
            button = page.locator(f'[data-png][data-file="0a1b2c3d-{name}"]')
            expect(button).to_be_visible(timeout=20_000)
            button.focus()
            with page.expect_download() as download:
                page.keyboard.press("Enter")
            assert download.value.suggested_filename == f"0a1b2c3d-{name}.png"
            download.value.save_as(tmp_path / f"{name}.png")
            assert (tmp_path / f"{name}.png").read_bytes().startswith(PNG)
        assert watched.wrong == []


def test_the_values_of_a_chart_can_be_taken_away(browser: Browser, charted: Site, tmp_path: Path) -> None:
    with visitor(browser, charted, accept_downloads=True) as watched:
        page = watched.page
        page.goto(PAGE)
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV of Throughput", exact=True).click()
        assert download.value.suggested_filename == "0a1b2c3d-throughput.csv"
        download.value.save_as(tmp_path / "chart.csv")
        assert (tmp_path / "chart.csv").read_text().startswith("model,concurrency (slots),throughput (tasks/s)")


def test_single_tasks_are_fetched_only_when_they_come_into_view(browser: Browser, charted: Site) -> None:
    with visitor(browser, charted) as watched:
        page = watched.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(PAGE)
        until(lambda: len(drawn(page)) == len(SHOWN), seconds=20)
        assert not [url for url in asked if url.endswith("timeline.json")]
        page.locator("#timeline").scroll_into_view_if_needed()
        expect(page.locator("#timeline .main-svg").first).to_be_visible(timeout=20_000)
        assert [url for url in asked if url.endswith("timeline.json")]
        assert watched.wrong == []


def test_another_trial_is_chosen_with_the_keyboard(browser: Browser, charted: Site) -> None:
    with visitor(browser, charted) as watched:
        page = watched.page
        page.goto(PAGE)
        choice = page.get_by_label("Trial of")
        choice.scroll_into_view_if_needed()
        rows = page.locator("#timeline .yaxislayer-above text")
        expect(rows).to_have_text(["p40 t50", "p40 t51"], timeout=20_000)
        expect(choice.locator("option:checked")).to_have_text("threads@4")
        choice.focus()
        page.keyboard.type("prefork@4")
        expect(rows).to_have_text(["p40 t40", "p41 t41"])
        expect(page.locator("#timeline")).to_contain_text("2 processes. On average a task was on a CPU for 100%")
        page.reload()
        expect(choice.locator("option:checked")).to_have_text("prefork@4")
        expect(page.locator("#timeline tbody tr")).to_have_count(10)
        assert watched.wrong == []


def test_without_javascript_the_choice_is_a_form(browser: Browser, charted: Site) -> None:
    with visitor(browser, charted, java_script_enabled=False) as watched:
        page = watched.page
        page.goto(PAGE)
        page.get_by_label("Trial of").select_option("prefork@2")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.locator("#timeline")).to_contain_text("2 processes")
        expect(page.locator("#timeline option:checked")).to_have_text("prefork@2")


def test_a_plotly_js_that_did_not_come_is_fetched_again(browser: Browser, charted: Site) -> None:
    with visitor(browser, charted) as watched:
        page = watched.page
        page.route("**/plotly-*", lambda route: route.abort(), times=1)
        page.goto(PAGE)
        until(lambda: len(drawn(page)) == len(SHOWN), seconds=30)
        expect(page.locator("#lost")).to_be_hidden()
