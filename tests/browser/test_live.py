"""What changes while one looks: the form, a running experiment, a dashboard or a store that goes away."""

from __future__ import annotations

import re
from contextlib import ExitStack

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from dashboard.api.event_stream import STREAMS
from services.core.experiment import State
from services.core.report import CurrentTrial
from services.store.durable import DurableServer
from tests.browser.site import visitor
from tests.live import until
from tests.site import Site
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
        expect(page.locator("#planned")).to_contain_text("Needs attention: rounds must be a whole number from 1")
        assert [line for line in watched.wrong if "422" not in line] == []
        page.get_by_role("button", name="Run experiment").click()
        expect(page.locator("#wrong-params\\.rounds")).to_be_visible()
        expect(page.get_by_label("Concurrency")).to_have_value("1, 2, 4")
        page.get_by_label("rounds").fill("8")
        page.get_by_role("button", name="Run experiment").click()
        expect(page).to_have_url(re.compile(r"/experiments/[0-9a-f]+$"))
        expect(page.locator(".asked")).to_contain_text("rounds 8")


def test_a_running_experiment_is_followed_to_its_end(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    asked = made.experiment()
    results = made.results(asked)
    ledger.keep(asked, [], state=State.RUNNING)
    with visitor(browser, own_site) as watched:
        page = watched.page
        page.goto(f"/experiments/{asked.id}")
        expect(page.locator(".chart").first).to_be_hidden()
        ledger.experiments.set_now(asked.id, CurrentTrial(trial=0, cell="prefork@2", repeat=0, phase="ping"))
        expect(page.locator("#now")).to_contain_text("prefork@2 repeat 1 of 3, ping")
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


def asked_by(page: Page, ending: str) -> list[Request]:
    """What the page asks for from now on, at addresses with this ending."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith(ending) else None)
    return asked


def test_trials_that_end_together_are_fetched_together(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, [], state=State.RUNNING)
    with visitor(browser, own_site) as watched:
        page = watched.page
        with page.expect_response(lambda response: response.url.endswith("/events")):
            page.goto(f"/experiments/{asked.id}")
        fetched = asked_by(page, f"/experiments/{asked.id}")
        for result in made.results(asked)[:12]:
            ledger.experiments.save_trial(result)
        expect(page.locator("#live")).to_have_text("12 of 30 trials done.")
        pages = [one for one in fetched if "/api/" not in one.url]
        assert len(pages) < 6, "one refresh at a time, and one for what came meanwhile"


def test_a_stream_goes_on_after_a_restart_where_it_was(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, [], state=State.RUNNING)
    with visitor(browser, own_site) as watched:
        page = watched.page
        streams = asked_by(page, "/events")
        with page.expect_response(lambda response: response.url.endswith("/events")):
            page.goto(f"/experiments/{asked.id}")
        ledger.experiments.set_now(asked.id, CurrentTrial(trial=0, cell="prefork@2", repeat=0, phase="ping"))
        expect(page.locator("#now")).to_contain_text("ping")
        seen = ledger.events.last(asked.id)
        own_site.stop()
        ledger.experiments.save_trial(made.results(asked)[0])
        ledger.experiments.set_now(asked.id, CurrentTrial(trial=1, cell="threads@4", repeat=0, phase="saturate"))
        own_site.start()
        expect(page.locator("#now")).to_contain_text("threads@4", timeout=10_000)
        expect(page.locator("#done")).to_have_text("1")
        expect(page.locator("#lost")).to_be_hidden()
        assert streams[-1].all_headers()["last-event-id"] == seen


def test_a_page_that_finds_every_stream_taken_asks_instead(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, [], state=State.RUNNING)
    with ExitStack() as others, visitor(browser, own_site) as watched:
        web = others.enter_context(httpx.Client(base_url=own_site.url))
        for _ in range(STREAMS):
            others.enter_context(web.stream("GET", f"/api/v1/experiments/{asked.id}/events"))
        page = watched.page
        page.goto(f"/experiments/{asked.id}")
        for result in made.results(asked)[:2]:
            ledger.experiments.save_trial(result)
        expect(page.locator("#done")).to_have_text("2", timeout=10_000)
        expect(page.locator("#lost")).to_be_hidden()


def test_a_browser_without_streams_asks_instead(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, [], state=State.RUNNING)
    with visitor(browser, own_site) as watched:
        page = watched.page
        page.add_init_script("delete window.EventSource")
        page.goto(f"/experiments/{asked.id}")
        ledger.experiments.set_now(asked.id, CurrentTrial(trial=0, cell="prefork@2", repeat=0, phase="ping"))
        expect(page.locator("#now")).to_contain_text("ping")
        ledger.experiments.update(made.record(asked, State.FAILED, "no node came"))
        expect(page.locator(".standing")).to_have_text("failed")
        assert watched.wrong == []


def test_a_page_in_the_background_holds_no_stream(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, [], state=State.RUNNING)
    with visitor(browser, own_site) as watched:
        page = watched.page
        with page.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
            with page.expect_response(lambda response: response.url.endswith("/events")):
                page.goto(f"/experiments/{asked.id}")
            look_away(page, hidden=True)
        for result in made.results(asked)[:4]:
            ledger.experiments.save_trial(result)
        look_away(page, hidden=False)
        expect(page.locator("#done")).to_have_text("4")
        assert watched.wrong == []


def look_away(page: Page, *, hidden: bool) -> None:
    """As the browser says it of a tab that comes to lie behind another one, or before it."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, 'hidden', {configurable: true, value: hidden});
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


def test_a_lost_dashboard_is_reported_and_found_again(browser: Browser, own_site: Site, ledger: Ledger) -> None:
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


def test_a_lost_store_is_reported_and_the_page_recovers_by_itself(
    browser: Browser, own_site: Site, own_store: DurableServer, ledger: Ledger
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


def test_the_dashboard_ends_without_waiting_for_followers(browser: Browser, own_site: Site, ledger: Ledger) -> None:
    asked = made.experiment()
    ledger.keep(asked, [], state=State.RUNNING)
    with visitor(browser, own_site) as watched:
        with watched.page.expect_response(lambda response: response.url.endswith("/events")):
            watched.page.goto(f"/experiments/{asked.id}")
        own_site.told_to_end(patience=10)
    assert own_site.said() == ""


def test_a_killed_dashboard_gives_its_address_back_though_somebody_follows(
    browser: Browser, own_site: Site, ledger: Ledger
) -> None:
    asked = made.experiment()
    ledger.keep(asked, [], state=State.RUNNING)
    with visitor(browser, own_site) as watched:
        page = watched.page
        with page.expect_response(lambda response: response.url.endswith("/events")):
            page.goto(f"/experiments/{asked.id}")
        assert own_site.process is not None
        own_site.process.kill()
        own_site.process.wait(10)
        until(lambda: refused(own_site.url), seconds=10)
        own_site.start()
        ledger.experiments.save_trial(made.results(asked)[0])
        expect(page.locator("#done")).to_have_text("1", timeout=10_000)


def refused(url: str) -> bool:
    """Whether nobody listens there any more; a connection that breaks off was still taken."""
    try:
        httpx.get(url)
    except httpx.TransportError as error:
        return isinstance(error, httpx.ConnectError)
    return False
