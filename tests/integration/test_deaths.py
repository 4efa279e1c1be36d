"""A part of the lab that dies under an experiment: finished trials are kept and the experiment ends."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from services.store.connection import connect
from services.store.nodes import LEASE_LIFETIME
from tests.integration.slow import TRIALS, saturating, slow, throughputs
from tests.live import LiveLab, until


def leftovers(lab: LiveLab) -> list[str]:
    """Keys and folders of trials."""
    with connect(lab.broker_url) as client:
        return [*map(str, client.scan_iter("lab:measured:*")), *map(str, lab.temporary.glob("lab-trial-*"))]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", ["node", "conductor", "dashboard", "ledger"])
def test_an_experiment_survives_the_death_of(part: str, own_lab: LiveLab) -> None:
    id = slow(own_lab)
    before = throughputs(own_lab.report(id))
    own_lab.part(part).kill()
    report = own_lab.ended(id, seconds=150)
    assert report["state"] == "finished", report["reason"]
    assert before.items() <= throughputs(report).items()
    assert len(throughputs(report)) == TRIALS
    assert leftovers(own_lab) == []


def test_the_loss_of_the_broker_fails_the_trial_at_hand_and_the_experiment_goes_on(own_lab: LiveLab) -> None:
    id = slow(own_lab)
    until(lambda: saturating(own_lab, id), seconds=60)
    own_lab.part("broker").kill()
    report = own_lab.ended(id)
    assert report["state"] == "finished", report["reason"]
    failures = [trial["failure"] for cell in report["cells"] for trial in cell["trials"] if trial["failure"]]
    assert len(failures) == 1 and "the broker under test" in failures[0], failures
    assert len(throughputs(report)) == TRIALS - 1
    assert leftovers(own_lab) == []


@pytest.mark.timeout(240)
def test_an_experiment_goes_on_after_the_whole_lab_was_killed_and_started_again(own_lab: LiveLab) -> None:
    id = slow(own_lab)
    before = throughputs(own_lab.report(id))
    family = psutil.Process(own_lab.process.pid).children(recursive=True)
    own_lab.process.kill()
    own_lab.process.wait()
    until(lambda: not psutil.wait_procs(family, timeout=0)[1], seconds=20)
    own_lab.again()
    report = own_lab.ended(id, seconds=150)
    assert report["state"] == "finished", report["reason"]
    assert before.items() <= throughputs(report).items()
    # The lab may be back before the lease of the killed attempt runs out.
    until(lambda: not leftovers(own_lab), seconds=LEASE_LIFETIME + 5)


def test_ctrl_c_leaves_no_process_behind(own_lab: LiveLab) -> None:
    own_lab.submit("wait", models=["threads"], concurrency=[2])
    until(own_lab.workers, seconds=60)
    family = psutil.Process(own_lab.process.pid).children(recursive=True)
    own_lab.process.send_signal(signal.SIGINT)
    assert own_lab.process.wait(30) == 130
    until(lambda: not psutil.wait_procs(family, timeout=0)[1], seconds=10)


def test_pages_and_api_say_that_redis_is_away_and_come_back_with_it(own_lab: LiveLab) -> None:
    def ask(path: str) -> httpx.Response:
        return httpx.get(f"{own_lab.url}{path}", timeout=30)

    server = own_lab.part("ledger")
    server.suspend()
    try:
        with ThreadPoolExecutor() as both:
            api, page = both.map(ask, ("/api/v1/experiments", "/experiments"))
        assert (api.status_code, page.status_code) == (503, 503)
        assert "Redis" in api.json()["error"]["message"]
    finally:
        server.resume()
    until(lambda: own_lab.web.get("/api/v1/health").status_code == 200, seconds=30)
