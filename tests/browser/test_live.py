"""What changes while one looks: the form, a running experiment, a dashboard or a store that goes away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from services.core.experiment import State
from services.core.report import Now
from services.store.server import EmbeddedServer
from tests.browser.site import Site, visitor
from tests.unit.dashboard import made
from tests.unit.dashboard.ledger import Ledger


def test_from_the_form_to_the_experiment(browser: Browser, own_site: Site) -> None:
    with visitor(browser, own_site) as watched:
        page = watched.page
        page.goto("/experiments/new")
        page.get_by_label("Workload").select_option("sha256")
        expect(page.get_by_label("rounds")).to_have_value("16")
        expect(page.get_by_role("button", name="Show its parameters")).to_be_hidden()
        page.get_by_role("checkbox", name="gevent").uncheck()
        page.get_by_label("Concurrency").fill("1, 2, 4")
        expect(page.locator("#planned")).to_contain_text("21 trials: 7 cells × 3 repeats")
        page.get_by_label("rounds").fill("0")
        expect(page.locator("#planned")).to_contain_text("Not yet: rounds must be a whole number from 1")
        assert [line for line in watched.wrong if "422" not in line] == []
        page.get_by_role("button", name="Run experiment").click()
        expect(page.locator("#wrong-params\\.rounds")).to_be_visible()
        expect(page.get_by_label("Concurrency")).to_have_value("1, 2, 4")
        page.get_by_label("rounds").fill("8")
        page.get_by_role("button", name="Run experiment").click()
        expect(page).to_have_url(re.compile(r"/experiments/[0-9a-f]{8}$"))
        expect(page.locator(".asked")).to_contain_text("rounds 8")


def test_a_running_experiment_is_followed_to_its_end(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    asked = made.experiment()
    results = made.results(asked)
    ledger.keep(asked, [], state=State.RUNNING)
    with visitor(browser, own_site) as watched:
        page = watched.page
        page.goto(f"/experiments/{asked.id}")
        expect(page.locator(".chart").first).to_be_hidden()
        ledger.experiments.set_now(asked.id, Now(trial=0, cell="prefork@2", repeat=0, phase="ping"))
        expect(page.locator("#now")).to_contain_text("prefork@2 repeat 1, ping")
        for result in results[:12]:
            ledger.experiments.save_trial(result)
        expect(page.locator("#done")).to_have_text("12")
        expect(page.locator("#live")).to_have_text("12 of 30 trials done.")
        expect(page.locator('[data-chart="throughput"] .main-svg').first).to_be_visible()
        for result in results[12:]:
            ledger.experiments.save_trial(result)
        ledger.experiments.update(made.record(asked, State.FINISHED))
        expect(page.locator(".standing")).to_have_text("finished")
        expect(page.locator("#live")).to_have_text("Experiment finished. 30 of 30 trials done.")
        expect(page.locator(".sentence")).to_contain_text("prefork@4 is fastest")
        expect(page.get_by_role("button", name="Cancel experiment")).to_have_count(0)
        asked_again = []
        page.on("request", lambda request: asked_again.append(request.url))
        page.wait_for_timeout(2500)
        assert asked_again == [], "nothing is asked once it has ended"
        assert watched.wrong == []


def test_a_lost_dashboard_is_said_and_found_again(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, made.results(asked)[:3], state=State.RUNNING)
    with visitor(browser, own_site) as watched:
        page = watched.page
        page.goto(f"/experiments/{asked.id}")
        expect(page.locator("#done")).to_have_text("3")
        own_site.stop()
        expect(page.locator("#lost")).to_contain_text("the dashboard does not answer", timeout=10_000)
        for result in made.results(asked)[3:8]:
            ledger.experiments.save_trial(result)
        own_site.start()
        expect(page.locator("#done")).to_have_text("8", timeout=10_000)
        expect(page.locator("#lost")).to_be_hidden()


def test_a_lost_store_is_said_and_the_page_comes_back_by_itself(
    browser: Browser, own_site: Site, own_store: EmbeddedServer, ledger: Ledger
) -> None:
    ledger.finished()
    with visitor(browser, own_site) as watched:
        page = watched.page
        own_store.stop()
        page.goto("/experiments/0a1b2c3d")
        expect(page.locator("h1")).to_have_text("A part of the lab does not answer")
        expect(page.locator("main")).to_contain_text("Redis does not answer")
        own_store.start()
        expect(page.locator("h1")).to_have_text("primes", timeout=15_000)


@pytest.mark.parametrize("connections", [0, 20])
def test_ctrl_c_ends_the_dashboard_without_a_kill(browser: Browser, own_site: Site, connections: int) -> None:
    with visitor(browser, own_site) as watched:
        watched.page.goto("/experiments")
        watched.page.evaluate(
            "count => Promise.all(Array.from({length: count}, () => fetch('/api/v1/health')))", connections
        )
        own_site.stop()
    assert own_site.said() == ""
