"""`lab run --app` as a user types it, on an application in a virtual environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.core.errors import InvalidRequest
from services.own.registrations import Registrations
from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.own.shop import made, registered
from tests.unit.dashboard.labs import lab_at

SECRET = "hunter2"
RUN = ("run", "--app", "shop.celery", "--task", "shop.tasks.resize", "--args", json.dumps([SECRET]))


@pytest.fixture
def shop(tmp_path: Path, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The application; its virtual environment is a link to the interpreter of these tests."""
    folder = made(tmp_path / "srv", server.url)
    (folder / "venv" / "bin").mkdir(parents=True)
    python = folder / "venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o700)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("LAB_REDIS_URL", raising=False)
    return folder


def lab(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the lab in the application's folder, without a terminal."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "services.cli", *words],
        cwd=folder,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def test_a_check_calls_nothing_and_a_try_calls_once(shop: Path) -> None:
    checked = lab(shop, *RUN, "--check")
    assert checked.returncode == 0 and "nothing was called" in checked.stdout
    tried = lab(shop, *RUN, "--try")
    assert tried.returncode == 0 and "SUCCESS" in tried.stdout


def test_without_a_terminal_nothing_runs_until_enough_calls_are_agreed_to(shop: Path, tmp_path: Path) -> None:
    for words in ((), ("--yes-run-it", "1")):
        refused = lab(shop, *RUN, *words)
        assert refused.returncode == 2
        assert "NOT isolated" in refused.stderr and "--yes-run-it" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_a_run_ends_with_an_answer_for_the_application_and_its_arguments_are_nowhere_else(
    shop: Path, tmp_path: Path
) -> None:
    words = ("--models", "sequential,threads", "--concurrency", "1", "--repeats", "1", "--yes-run-it", "9000")
    ran = lab(shop, *RUN, *words)
    assert ran.returncode == 0, ran.stderr
    assert "celery -A shop.celery worker" in ran.stdout and "Your application shop.celery ran in" in ran.stdout
    assert "A task sent up to 1 messages on average" in ran.stdout
    shown = lab(shop, "show", "last", "--json")
    assert json.loads(shown.stdout)["state"] == "finished"
    assert SECRET not in ran.stdout + ran.stderr + shown.stdout
    holders = {path.parent.name for path, content in files(tmp_path / "data") if SECRET.encode() in content}
    assert holders == {"own"}


def test_a_registered_task_cannot_be_started_without_its_users_consent(
    server: EmbeddedServer, store: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    own = registered(tmp_path)
    Registrations(tmp_path / "concurrency-lab" / "own").save(own)
    with lab_at(server.url) as door:
        assert own.name not in door.workloads()
        with pytest.raises(InvalidRequest, match="lab run --app"):
            door.submit({"workload": own.name})
        with pytest.raises(InvalidRequest, match="workload"):
            door.submit({"workload": "os:system"}, agreed=True)


def test_a_function_of_a_file_is_tried_with_arguments_by_name(shop: Path) -> None:
    (shop / "jobs.py").write_text("def resize(width):\n    assert width == 200\n")
    assert "SUCCESS" in lab(shop, "run", "./jobs.py:resize", "--arg", "width=200", "--try").stdout
    refused = lab(shop, "run", "./jobs.py:resize", "--arg", "width", "--try")
    assert refused.returncode == 2 and "--arg" in refused.stderr


def test_a_function_of_a_file_is_refused_with_another_task_or_folder(shop: Path) -> None:
    (shop / "jobs.py").write_text("def resize(width):\n    assert width == 200\n")
    for more in (("--task", "jobs.other"), ("--chdir", "elsewhere")):
        refused = lab(shop, "run", "./jobs.py:resize", "--arg", "width=200", *more, "--try")
        assert refused.returncode == 2 and more[0] in refused.stderr


def test_a_call_that_does_not_fit_is_named_by_its_place_and_not_printed(shop: Path) -> None:
    (shop / "calls.jsonl").write_text(f'{{"args": ["a.jpg"]}}\n{{"kwargs": {{"wrong": "{SECRET}"}}}}\n')
    named = ("--app", "shop.celery", "--task", "shop.tasks.resize", "--calls", "calls.jsonl")
    refused = lab(shop, "run", *named, "--check")
    assert refused.returncode == 2 and "call 2" in refused.stderr
    assert SECRET not in refused.stderr
