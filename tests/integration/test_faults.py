"""Whatever dies under an experiment, finished trials are kept and the experiment ends."""

from __future__ import annotations

import signal
from typing import Any

import httpx
import psutil
import pytest

from services.store.connection import connect
from services.store.nodes import LEASE_LIFETIME
from tests.live import LiveLab, until


def slow(lab: LiveLab, **asked: Any) -> str:
    """An experiment of several trials; comes back when its first has ended and the next is at work."""
    asked = {"models": ["threads"], "concurrency": [2], "repeats": 4, **asked}
    id = lab.submit("wait", params={"milliseconds": 20}, **asked)
    until(lambda: lab.report(id)["progress"]["done"] >= 1 and lab.workers(), seconds=60)
    return id


def throughputs(report: dict[str, Any]) -> dict[int, float]:
    return {
        trial["index"]: trial["throughput"]
        for cell in report["cells"]
        for trial in cell["trials"]
        if trial["failure"] == ""
    }


def leftovers(lab: LiveLab) -> list[str]:
    """Keys and folders of trials."""
    with connect(lab.broker_url) as client:
        return [*map(str, client.scan_iter("lab:measured:*")), *map(str, lab.temporary.glob("lab-trial-*"))]


def saturating(lab: LiveLab, id: str) -> bool:
    now = lab.report(id)["progress"]["now"]
    return now is not None and now["phase"] == "saturate"


def test_a_killed_main_process_fails_its_trial_with_its_lost_tasks_counted(live_lab: LiveLab) -> None:
    id = live_lab.submit("wait", params={"milliseconds": 100}, models=["threads"], concurrency=[2], repeats=2)
    until(lambda: saturating(live_lab, id), seconds=60)
    live_lab.workers()[0].kill()
    report = live_lab.ended(id)
    failed, whole = report["cells"][0]["trials"]
    assert report["state"] == "finished"
    assert "killed by SIGKILL" in failed["failure"]
    assert "[config]" not in failed["failure"], "a banner is no last word"
    assert failed["lost"] > 0
    assert f"{failed['lost']} of " in failed["failure"]
    assert whole["failure"] == ""


def test_a_killed_prefork_child_fails_its_trial_with_its_lost_task_counted(live_lab: LiveLab) -> None:
    id = live_lab.submit("wait", params={"milliseconds": 1000}, models=["prefork"], concurrency=[2], repeats=2)
    until(lambda: saturating(live_lab, id), seconds=60)
    live_lab.workers()[0].children()[0].kill()
    report = live_lab.ended(id)
    failed, whole = report["cells"][0]["trials"]
    assert report["state"] == "finished"
    assert failed["lost"] == 1
    assert "1 of " in failed["failure"]
    assert whole["failure"] == ""


def test_a_cancelled_experiment_ends_soon_and_keeps_its_finished_trials(live_lab: LiveLab) -> None:
    id = slow(live_lab, repeats=20)
    before = throughputs(live_lab.report(id))
    assert live_lab.web.post(f"/api/v1/experiments/{id}/cancel").status_code == 202
    report = live_lab.ended(id, seconds=10)
    assert report["state"] == "cancelled"
    assert before.items() <= throughputs(report).items()
    until(lambda: not live_lab.workers(), seconds=10)


def test_a_queued_experiment_is_cancelled_without_waiting_for_its_turn(live_lab: LiveLab) -> None:
    first = slow(live_lab, repeats=20)
    second = live_lab.submit("wait", models=["threads"], concurrency=[1])
    live_lab.web.post(f"/api/v1/experiments/{second}/cancel")
    assert live_lab.ended(second, seconds=10)["state"] == "cancelled"
    assert live_lab.report(first)["state"] == "running"
    live_lab.web.post(f"/api/v1/experiments/{first}/cancel")
    assert live_lab.ended(first, seconds=10)["state"] == "cancelled"


def test_two_experiments_at_once_run_one_after_the_other(live_lab: LiveLab) -> None:
    asked = {"models": ["threads"], "concurrency": [1], "repeats": 2}
    first, second = live_lab.submit("wait", **asked), live_lab.submit("wait", **asked)
    assert live_lab.ended(first)["state"] == "finished"
    report = live_lab.ended(second)
    assert report["state"] == "finished"
    assert report["started"] >= live_lab.report(first)["ended"]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", ["node", "conductor", "dashboard", "ledger"])
def test_an_experiment_survives_the_death_of(part: str, own_lab: LiveLab) -> None:
    id = slow(own_lab)
    before = throughputs(own_lab.report(id))
    own_lab.part(part).kill()
    report = own_lab.ended(id, seconds=150)
    assert report["state"] == "finished", report["reason"]
    assert before.items() <= throughputs(report).items()
    assert len(throughputs(report)) == 4
    assert leftovers(own_lab) == []


def test_the_loss_of_the_broker_fails_the_trial_at_hand_and_the_experiment_goes_on(own_lab: LiveLab) -> None:
    id = slow(own_lab)
    until(lambda: saturating(own_lab, id), seconds=60)
    own_lab.part("broker").kill()
    report = own_lab.ended(id)
    assert report["state"] == "finished", report["reason"]
    failures = [trial["failure"] for cell in report["cells"] for trial in cell["trials"] if trial["failure"]]
    assert len(failures) == 1 and "the broker under test" in failures[0], failures
    assert len(throughputs(report)) == 3
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
    slow(own_lab)
    family = psutil.Process(own_lab.process.pid).children(recursive=True)
    own_lab.process.send_signal(signal.SIGINT)
    assert own_lab.process.wait(30) == 130
    until(lambda: not psutil.wait_procs(family, timeout=0)[1], seconds=10)


def test_pages_and_api_say_that_redis_is_away_and_come_back_with_it(own_lab: LiveLab) -> None:
    server = own_lab.part("ledger")
    server.suspend()
    try:
        answer = httpx.get(f"{own_lab.url}/api/v1/experiments", timeout=30)
        assert answer.status_code == 503
        assert "Redis" in answer.json()["error"]["message"]
        assert httpx.get(f"{own_lab.url}/experiments", timeout=30).status_code == 503
    finally:
        server.resume()
    until(lambda: own_lab.web.get("/api/v1/health").status_code == 200, seconds=30)
