"""The guide and the decision guide in a real browser: what moves, what is measured, what is left without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from services.core.experiment import Record, State
from services.lab.door import Lab
from services.store.server import EmbeddedServer
from tests.browser.site import visitor
from tests.live import until
from tests.site import Site
from tests.unit.dashboard import made
from tests.unit.dashboard.labs import lab_at
from tests.unit.dashboard.ledger import Ledger

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
LEAF = "/decide/yes/yes/yes"


@pytest.fixture
def lab(own_store: EmbeddedServer) -> Iterator[Lab]:
    """The lab behind the site, for a look at what was asked of it."""
    with lab_at(own_store.url) as lab:
        yield lab


def only(lab: Lab) -> Record:
    (line,) = lab.experiments().lines
    return line.record


def carry_out(ledger: Ledger, record: Record, trials: int | None = None) -> None:
    """Some trials of an experiment, or all and its end."""
    ledger.experiments.save_nodes(record.experiment.id, (made.node("desk"),))
    for result in made.results(record.experiment)[:trials]:
        ledger.experiments.save_trial(result)
    ledger.experiments.update(made.record(record.experiment, State.FINISHED if trials is None else State.RUNNING))


def uncovered(page: Page) -> float:
    return float(page.locator('[data-picture="threads"] .past').get_attribute("width") or "nan")


@pytest.mark.parametrize("path", ["/", "/?work=waiting&tasks=12&slots=8&cores=8", "/decide", LEAF, "/decide/no"])
def test_a_page_is_whole_and_fits_a_phone_at_night_and_a_desk_by_day(browser: Browser, site: Site, path: str) -> None:
    with visitor(browser, site, viewport=PHONE, color_scheme="dark") as watched:
        page = watched.page
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        for size, scheme in ((PHONE, "dark"), (DESK, "light")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert watched.wrong == []


def test_a_verdict_that_could_not_be_fetched_is_shown_with_the_next_look(
    browser: Browser, own_site: Site, lab: Lab, ledger: Ledger
) -> None:
    ledger.open()
    lab.measure_claims("gil")
    with visitor(browser, own_site, viewport=DESK) as watched:
        page = watched.page
        dropped: list[str] = []
        page.goto("/")
        expect(page.locator("#claim-gil")).to_contain_text("Queued")

        def drop_once(route: Route) -> None:
            if dropped:
                route.continue_()
            else:
                dropped.append(route.request.url)
                route.abort()

        page.route(f"{own_site.url}/", drop_once)
        carry_out(ledger, only(lab))
        expect(page.locator("#claim-gil .holds")).to_have_text("Holds", timeout=15_000)
        assert dropped, "one look was in vain"


def test_one_click_on_the_first_screen_leads_to_a_verdict_on_it(
    browser: Browser, own_site: Site, lab: Lab, ledger: Ledger
) -> None:
    ledger.open()
    with visitor(browser, own_site, viewport=DESK) as watched:
        page = watched.page
        page.goto("/")
        first = page.locator('[data-part="first"]')
        first.get_by_role("button", name="Measure now").click()
        expect(page.locator("#live")).to_contain_text("Measurement requested: The GIL")
        expect(first).to_contain_text("Queued: 0 of 15 trials")
        carry_out(ledger, only(lab), trials=6)
        expect(first).to_contain_text("Measuring: 6 of 15 trials")
        expect(first.locator("progress")).to_have_attribute("value", "6")
        carry_out(ledger, only(lab))
        expect(first.locator(".holds")).to_have_text("Holds")
        expect(first.locator(".holds")).to_be_in_viewport()
        expect(first).to_contain_text("the work of one thread")
        expect(page.locator("#live")).to_contain_text("4 other claims were measured along with it")
        expect(page.locator("#claim-sequential-underuses .holds")).to_be_attached()
        assert page.url == f"{own_site.url}/"
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(2500)
        assert asked == [], "nothing is asked once it has ended"
        assert watched.wrong == []


def test_all_claims_are_asked_for_with_one_button(browser: Browser, own_site: Site, lab: Lab) -> None:
    with visitor(browser, own_site) as watched:
        page = watched.page
        page.goto("/")
        page.get_by_role("button", name="Measure all claims").click()
        expect(page.locator(".claim progress")).to_have_count(page.locator(".claim").count())
        assert len(lab.experiments().lines) == len(
            {preset for report in lab.claims() for preset in report.claim.presets}
        )
        assert watched.wrong == []


def test_a_dashboard_that_is_gone_is_reported_and_found_again(browser: Browser, own_site: Site) -> None:
    with visitor(browser, own_site) as watched:
        page = watched.page
        page.goto("/")
        own_site.stop()
        page.get_by_role("button", name="Measure now").click()
        expect(page.locator("#lost")).to_contain_text("the dashboard does not answer", timeout=15_000)
        own_site.start()
        expect(page.locator("#lost")).to_be_hidden(timeout=15_000)


def test_the_pictures_move_until_they_are_paused(browser: Browser, site: Site) -> None:
    with visitor(browser, site, viewport=DESK, reduced_motion="no-preference") as watched:
        page = watched.page
        page.goto("/")
        page.locator("#play").scroll_into_view_if_needed()
        page.locator('[data-picture="threads"]').scroll_into_view_if_needed()
        pause = page.get_by_role("button", name="Pause")
        expect(pause).to_be_visible()
        before = uncovered(page)
        until(lambda: uncovered(page) != before, seconds=5)
        pause.click()
        still = uncovered(page)
        page.wait_for_timeout(300)
        assert uncovered(page) == still
        page.get_by_role("button", name="Continue").click()
        until(lambda: uncovered(page) != still, seconds=5)
        assert watched.wrong == []


def test_with_reduced_motion_the_whole_picture_is_shown_and_can_be_played(browser: Browser, site: Site) -> None:
    with visitor(browser, site, viewport=DESK, reduced_motion="reduce") as watched:
        page = watched.page
        page.goto("/#three")
        page.wait_for_timeout(300)
        assert uncovered(page) == 360
        page.get_by_role("button", name="Play", exact=True).click()
        until(lambda: 0 < uncovered(page) < 360, seconds=5)


def test_the_pictures_stand_still_while_the_lab_measures(browser: Browser, own_site: Site, lab: Lab) -> None:
    lab.measure_claims("gil")
    with visitor(browser, own_site, viewport=DESK, reduced_motion="no-preference") as watched:
        page = watched.page
        page.goto("/#three")
        expect(page.locator("#held")).to_be_visible()
        page.wait_for_timeout(300)
        assert uncovered(page) == 360


def test_other_numbers_make_another_picture_and_an_address_for_it(browser: Browser, site: Site) -> None:
    with visitor(browser, site, viewport=DESK, reduced_motion="reduce") as watched:
        page = watched.page
        page.goto("/")
        processes = page.locator('[data-picture="prefork"]')
        expect(processes).to_contain_text("80 ms")
        page.get_by_label("Cores", exact=True).fill("4")
        expect(processes).to_contain_text("8 tasks are done after 40 ms in 4 slots")
        page.get_by_label("Work", exact=True).select_option("waiting")
        expect(page.locator('[data-picture="threads"]')).to_contain_text("the waits overlap")
        expect(page).to_have_url(re.compile("cores=4&work=waiting"))
        page.get_by_label("Tasks", exact=True).fill("99")
        expect(page.locator("#knobs-wrong")).to_have_text("tasks must be a whole number from 1 to 12")
        expect(page.get_by_label("Tasks", exact=True)).to_have_attribute("aria-invalid", "true")
        page.get_by_label("Tasks", exact=True).fill("3")
        expect(page.locator("#knobs-wrong")).to_be_hidden()
        assert [line for line in watched.wrong if "422" not in line] == []


def test_without_javascript_claims_are_measured_and_pictures_drawn(browser: Browser, own_site: Site, lab: Lab) -> None:
    with visitor(browser, own_site, java_script_enabled=False) as watched:
        page = watched.page
        page.goto("/")
        page.get_by_label("Slots", exact=True).fill("2")
        page.get_by_role("button", name="Draw").click()
        expect(page.locator('[data-picture="prefork"]')).to_contain_text("in 2 slots")
        page.get_by_role("button", name="Measure now").click()
        expect(page).to_have_url(f"{own_site.url}/#claim-gil")
        expect(page.locator("#claim-gil")).to_contain_text("Queued")
        expect(page.locator("#claim-gil").get_by_role("link", name="Reload")).to_be_visible()
        assert only(lab).experiment.workload == "primes"


def test_from_the_first_question_to_a_measured_answer_by_keyboard(
    browser: Browser, own_site: Site, lab: Lab, ledger: Ledger
) -> None:
    ledger.open()
    with visitor(browser, own_site, viewport=DESK) as watched:
        page = watched.page
        page.goto("/decide")
        for answer in ("Yes", "Yes", "Yes"):
            page.get_by_role("link", name=answer, exact=True).and_(page.locator(".button")).press("Enter")
        expect(page).to_have_url(f"{own_site.url}{LEAF}")
        page.get_by_label("Workload", exact=True).select_option("json_codec")
        expect(page.get_by_label("records")).to_have_value("1000")
        page.get_by_role("button", name="Measure my workload").press("Enter")
        expect(page.locator(".result")).to_contain_text("0 of 15 trials")
        carry_out(ledger, only(lab), trials=5)
        expect(page.locator("#done")).to_have_text("5")
        carry_out(ledger, only(lab))
        expect(page.locator(".result")).to_contain_text(
            "The measurement agrees with this path: prefork came out fastest."
        )
        expect(page.locator("#live")).to_contain_text("Experiment finished. The measurement agrees")
        assert only(lab).experiment.workload == "json_codec"
        assert watched.wrong == []


def test_without_javascript_a_path_is_walked_and_checked(browser: Browser, own_site: Site, lab: Lab) -> None:
    with visitor(browser, own_site, java_script_enabled=False) as watched:
        page = watched.page
        page.goto("/decide/yes/no")
        page.locator(".choose").get_by_role("link", name="No").click()
        page.get_by_label("Workload", exact=True).select_option("wait")
        page.get_by_role("button", name="Show its parameters").click()
        page.get_by_label("milliseconds").fill("7")
        page.get_by_role("button", name="Measure my workload").click()
        expect(page.locator(".result")).to_contain_text("wait milliseconds 7")
        assert only(lab).experiment.params == {"milliseconds": 7}
