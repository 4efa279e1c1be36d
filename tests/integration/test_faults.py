"""A trial whose worker is killed, or that is cancelled: finished trials are kept and the experiment ends."""

from __future__ import annotations

from tests.integration.slow import saturating, slow, throughputs
from tests.live import LiveLab, until


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
    # Long tasks: the child is killed in the middle of one and not between two.
    id = live_lab.submit("wait", params={"milliseconds": 400}, models=["prefork"], concurrency=[2], repeats=2)
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
    asked = {"models": ["threads"], "concurrency": [1], "repeats": 1}
    first, second = live_lab.submit("wait", **asked), live_lab.submit("wait", **asked)
    assert live_lab.ended(first)["state"] == "finished"
    report = live_lab.ended(second)
    assert report["state"] == "finished"
    assert report["started"] >= live_lab.report(first)["ended"]
