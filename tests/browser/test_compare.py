"""From a list of cells to the cells side by side, as a reader goes."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.site import visitor
from tests.site import Site


def test_cells_are_chosen_and_stand_side_by_side(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as watched:
        page = watched.page
        page.goto("/experiments")
        page.get_by_role("link", name="Compare cells").click()
        experiment = page.get_by_role("group", name="primes").filter(has_text="0a1b2c3d")
        experiment.get_by_role("checkbox", name="threads@4").check()
        experiment.get_by_role("checkbox", name="prefork@4").check()
        page.get_by_role("button", name="Compare").click()
        expect(page).to_have_url(re.compile(r"/compare\?cell=0a1b2c3d%3Athreads%404&cell=0a1b2c3d%3Aprefork%404$"))
        throughput = page.get_by_role("row", name=re.compile("^B.*prefork@4.*faster"))
        expect(throughput.first).to_be_visible()
        assert watched.wrong == []


def test_another_cell_can_be_put_first(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as watched:
        page = watched.page
        page.goto("/compare?cell=0a1b2c3d:threads@4&cell=0a1b2c3d:prefork@4")
        page.get_by_role("link", name="Make B the baseline").click()
        expect(page.get_by_role("list", name="Cells").get_by_role("listitem").first).to_contain_text("prefork@4")
        expect(page.get_by_role("row", name=re.compile("^B.*threads@4.*slower")).first).to_be_visible()


def test_one_cell_alone_asks_for_another(browser: Browser, site: Site) -> None:
    with visitor(browser, site) as watched:
        page = watched.page
        page.goto("/compare?cell=0a1b2c3d:threads@4")
        expect(page.get_by_text("Select another one")).to_be_visible()
        expect(page.get_by_role("checkbox", name="threads@4").and_(page.locator(":checked"))).to_have_count(1)


def test_a_comparison_needs_no_javascript(browser: Browser, site: Site) -> None:
    with visitor(browser, site, java_script_enabled=False) as watched:
        page = watched.page
        page.goto("/compare?cell=0a1b2c3d:threads@4&cell=1a1b2c3d:threads@4x2")
        page.get_by_text("Select other cells").click()
        experiment = page.get_by_role("group", name="primes").filter(has_text="0a1b2c3d")
        experiment.get_by_role("checkbox", name="gevent@4").check()
        page.get_by_role("button", name="Compare").click()
        expect(page.get_by_role("list", name="Cells").get_by_role("listitem")).to_have_count(3)


def test_eight_cells_fit_their_tables_and_the_page_a_phone(browser: Browser, site: Site) -> None:
    cells = [f"{model}@{slots}" for model in ("threads", "gevent", "prefork") for slots in (1, 2, 4)][:8]
    with visitor(browser, site, viewport={"width": 390, "height": 844}) as watched:
        page = watched.page
        page.goto("/compare?" + "&".join(f"cell=0a1b2c3d:{cell}" for cell in cells))
        expect(page.get_by_role("region", name="Properties of the cells").get_by_role("columnheader")).to_have_count(10)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert watched.wrong == []
