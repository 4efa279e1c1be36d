"""The first minute of somebody who has never seen the lab."""

from __future__ import annotations

import time

from playwright.sync_api import Browser, expect

from tests.live import LiveLab


def test_a_newcomer_has_a_verdict_after_one_click(browser: Browser, own_lab: LiveLab) -> None:
    began = time.monotonic()
    visit = browser.new_context(base_url=own_lab.url)
    try:
        page = visit.new_page()
        page.goto("/")
        claim = page.locator("#claim-gil")
        claim.get_by_role("button", name="Measure").click()
        expect(claim.locator(".holds")).to_be_visible(timeout=90_000)
        expect(claim.locator(".found")).not_to_be_empty()
        assert time.monotonic() - began < 90
    finally:
        visit.close()
