"""Experiments are deleted and brought back with the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.site import visitor
from tests.site import Site
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger


def test_a_deletion_is_undone_by_the_keyboard(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    for id in ("0a0a0a0a", "0b0b0b0b"):
        ledger.keep(made.renamed(made.experiment(), id), ())
    with visitor(browser, own_site) as watched:
        page = watched.page
        page.goto("/experiments?count=1")
        page.get_by_role("link", name="Older").focus()
        page.keyboard.press("Enter")
        delete = page.get_by_role("button", name="Delete experiment 0a0a0a0a")
        delete.focus()
        page.keyboard.press("Enter")
        undo = page.get_by_role("button", name="Undo the deletion of 0a0a0a0a")
        expect(undo).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_count(0)
        expect(page.get_by_role("link", name="0a0a0a0a")).to_be_visible()
        page.get_by_role("button", name="Pin experiment 0a0a0a0a").press("Enter")
        expect(page.get_by_role("button", name="Pin experiment 0a0a0a0a")).to_have_attribute("aria-pressed", "true")
        expect(delete).to_have_count(0)
        assert watched.wrong == []
