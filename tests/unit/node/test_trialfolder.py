"""Folders of trials: one goes with its trial, or, if its agent was killed, with the next sweep."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.node.trialfolder import VARIABLE, sweep, trial_folder
from tests.live import runs, until

AGENT = """
from services.node.trialfolder import trial_folder
with trial_folder() as folder:
    print(folder, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files of this process and of those that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield tmp_path
    tempfile.tempdir = None


def test_a_folder_goes_with_its_trial(temporary: Path) -> None:
    with trial_folder() as folder:
        (Path(folder) / "begun").touch()
    assert list(temporary.iterdir()) == []


def test_the_folder_of_a_killed_agent_is_swept_and_that_of_a_living_one_is_not(temporary: Path) -> None:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with (
        trial_folder() as living,
        subprocess.Popen(
            [sys.executable, "-c", AGENT], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as agent,
    ):
        assert agent.stdout is not None
        dead = Path(agent.stdout.readline().strip())
        agent.kill()
        agent.wait()
        assert dead.exists()
        assert sweep() == 1
        assert not dead.exists() and Path(living).exists()


FORKING_AGENT = f"""
import os, subprocess
from services.node.trialfolder import trial_folder
with trial_folder() as folder:
    environ = os.environ | {{"{VARIABLE}": folder}}
    left = subprocess.Popen(["sleep", "1000"], env=environ, start_new_session=True)
    other = subprocess.Popen(["sleep", "1000"], env=os.environ | {{"{VARIABLE}": folder + "x"}})
    print(left.pid, other.pid, flush=True)
    input()
"""


def test_processes_that_a_killed_agents_task_started_are_killed_by_the_sweep() -> None:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", FORKING_AGENT], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as agent:
        assert agent.stdout is not None
        left, other = map(int, agent.stdout.readline().split())
        try:
            sweep()
            assert runs(left)
            agent.kill()
            agent.wait()
            sweep()
            until(lambda: not runs(left))
            assert runs(other)
        finally:
            os.kill(other, signal.SIGKILL)


def test_a_folder_that_is_just_being_made_is_left_alone_and_an_old_one_without_an_owner_goes(temporary: Path) -> None:
    new, old = temporary / "lab-trial-new", temporary / "lab-trial-old"
    for folder in (new, old):
        folder.mkdir()
    os.utime(old, (0, 0))
    assert sweep() == 1
    assert new.exists() and not old.exists()


def test_what_is_no_folder_of_a_trial_is_left_alone(temporary: Path) -> None:
    (temporary / "lab-trial-file").touch()
    (temporary / "other").mkdir()
    (temporary / "lab-trial-link").symlink_to(temporary / "other")
    assert sweep() == 0
