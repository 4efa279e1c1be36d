"""`lab run` in a process of its own, with the real lab that it brings up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.core.codec import from_data
from services.core.experiment import State
from services.core.report import Report
from tests.live import LiveLab, runs, until

command = [sys.executable, "-m", "services.cli"]
#: Longer than any test waits for it to end by itself.
long_run = ["run", "wait", "--models", "prefork", "--concurrency", "2", "--repeats", "20"]


class Run:
    """A `lab …` that runs, with its output in files."""

    def __init__(self, home: Path, number: int, *arguments: str, data: Path | None = None) -> None:
        self.out, self.err = home / f"{number}.out", home / f"{number}.err"
        environ = {name: value for name, value in os.environ.items() if not name.startswith("LAB_")}
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [*command, *arguments],
                stdout=out,
                stderr=err,
                env=environ | {"XDG_DATA_HOME": str(data or home / "data")},
            )

    def said(self, text: str) -> Callable[[], bool]:
        return lambda: text in self.err.read_text()

    def descendants(self) -> list[int]:
        return [one.pid for one in psutil.Process(self.process.pid).children(recursive=True)]

    def ended(self) -> int:
        return self.process.wait(timeout=60)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts `lab …` with a data folder of the test's."""
    started: list[Run] = []

    def lab(*arguments: str, data: Path | None = None) -> Run:
        started.append(Run(tmp_path, len(started), *arguments, data=data))
        return started[-1]

    yield lab
    for run in started:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()


def measuring(run: Run) -> list[int]:
    """Every process of the run, once it measures: server, conductor, node, a worker and its two slots."""
    found: list[int] = []

    def busy() -> bool:
        assert run.process.poll() is None, run.err.read_text()
        found[:] = run.descendants()
        return len(found) >= 6

    until(busy, seconds=30)
    return found


def printed(run: Run) -> dict[str, Any]:
    assert run.ended() == 0, run.err.read_text()
    found: dict[str, Any] = json.loads(run.out.read_text())
    return found


def test_json_is_the_report_and_nothing_else_and_show_finds_it_again(lab: Callable[..., Run]) -> None:
    asked = "run wait --param milliseconds=5 --models threads --concurrency 2 --repeats 1 --seed 7 --json"
    run = lab(*asked.split())
    found = printed(run)
    report = from_data(Report, found)
    assert report.state is State.FINISHED
    assert (report.experiment.seed, report.experiment.params) == (7, {"milliseconds": 5})
    (cell,) = report.cells
    assert cell.throughput is not None and 100 < cell.throughput.estimate < 400
    assert "0/1 threads@2, repeat 1 of 1" in run.err.read_text()
    (reference,) = report.environment.references
    assert (reference.block, reference.node, reference.missing) == (0, report.environment.nodes[0].name, "")
    assert reference.one and reference.several and 0 < reference.elapsed < 30
    assert report.findings.bare[0].speedup == reference.speedup

    assert printed(lab("show", report.id, "--json"))["cells"] == found["cells"]


def test_ctrl_c_cancels_the_experiment_and_leaves_no_process(lab: Callable[..., Run]) -> None:
    run = lab(*long_run)
    pids = measuring(run)
    run.process.send_signal(signal.SIGINT)
    assert run.ended() == 130
    until(lambda: not any(runs(pid) for pid in pids))
    assert run.out.read_text() == ""
    assert "is cancelled" in run.err.read_text() and "Traceback" not in run.err.read_text()

    (line,) = printed(lab("list", "--json"))["experiments"]
    assert line["record"]["state"] == "cancelled"


def test_two_ctrl_c_end_it_at_once_and_leave_no_process(lab: Callable[..., Run]) -> None:
    run = lab(*long_run)
    pids = measuring(run)
    run.process.send_signal(signal.SIGINT)
    until(run.said("Cancelling"))
    run.process.send_signal(signal.SIGINT)
    assert run.ended() == 130
    until(lambda: not any(runs(pid) for pid in pids))
    assert "Traceback" not in run.err.read_text()


def test_a_run_that_is_killed_leaves_no_process(lab: Callable[..., Run]) -> None:
    run = lab(*long_run)
    pids = measuring(run)
    run.process.kill()
    run.ended()
    until(lambda: not any(runs(pid) for pid in pids))


def test_a_second_run_does_not_take_a_lab_that_will_be_gone_but_others_may_look(lab: Callable[..., Run]) -> None:
    run = lab(*long_run)
    until(run.said("0/20"), seconds=30)
    second = lab(*long_run)
    assert second.ended() == 2
    assert "another `lab run`" in second.err.read_text()
    (node,) = printed(lab("nodes", "--json"))["nodes"]
    (line,) = printed(lab("list", "--json"))["experiments"]
    id = line["record"]["experiment"]["id"]
    assert node["trial"] is None or node["trial"].startswith(f"{id}-")
    assert lab("cancel", id).ended() == 0
    assert run.ended() == 1


def test_a_lab_that_is_up_is_used_and_the_page_of_the_experiment_is_named(
    lab: Callable[..., Run], live_lab: LiveLab
) -> None:
    run = lab(*"run wait --models threads --concurrency 2 --repeats 1".split(), data=live_lab.home)
    assert run.ended() == 0, run.err.read_text()
    assert "No lab is running" not in run.err.read_text()
    text = run.out.read_text()
    assert "threads@2 *" in text
    assert f"{live_lab.url}/experiments/" in text


def test_ctrl_c_of_a_run_cancels_its_experiment_and_leaves_the_lab_that_is_up(
    lab: Callable[..., Run], live_lab: LiveLab
) -> None:
    run = lab(*long_run, data=live_lab.home)
    until(run.said("0/20"), seconds=30)
    run.process.send_signal(signal.SIGINT)
    assert run.ended() == 130
    newest = printed(lab("list", "--json", data=live_lab.home))["experiments"][0]
    assert live_lab.ended(newest["record"]["experiment"]["id"], seconds=30)["state"] == "cancelled"


def test_a_second_lab_up_names_the_address_of_the_first(lab: Callable[..., Run], live_lab: LiveLab) -> None:
    second = lab("up", data=live_lab.home)
    assert second.ended() == 2
    assert (second.out.read_text(), second.err.read_text().count("\n")) == ("", 1)
    assert f"is running already (process {live_lab.process.pid}): open {live_lab.url}" in second.err.read_text()
