"""What `lab run` says before it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from services.cli.progress import Lines
from services.cli.reach import Reached, reach_for_run
from services.cli.run import announce
from services.core.errors import Conflict
from services.lab import running_lab
from services.lab.one_machine import data_folder
from services.lab.running_lab import RunningLab
from services.store.connection import Client
from services.store.folder import Folder
from services.store.server import EmbeddedServer
from tests.unit.dashboard.labs import lab_at
from tests.unit.dashboard.ledger import Ledger

#: More than half of the 8 GiB of the node.
LARGE: dict[str, object] = {
    "workload": "allocate",
    "params": {"megabytes": 256},
    "models": ["threads"],
    "concurrency": [20],
}


@pytest.fixture
def here(server: EmbeddedServer, store: Client) -> Iterator[Reached]:
    Ledger(store).open()
    with lab_at(server.url) as lab:
        yield Reached(lab=lab, dashboard=None, tick=lambda: None)


def test_what_is_known_is_printed_before_a_run_within_80_columns(
    here: Reached, capsys: pytest.CaptureFixture[str]
) -> None:
    announce(here, {"workload": "wait"}, Lines(), yes=False)
    said = capsys.readouterr().err
    assert said.startswith("21 trials: 7 cells × 3 repeats, about ")
    assert max(map(len, said.splitlines())) <= 80


def test_much_memory_is_confirmed_on_a_terminal_and_needs_yes_elsewhere(
    here: Reached, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(click.UsageError, match="add --yes"):
        announce(here, LARGE, Lines(), yes=False)
    announce(here, LARGE, Lines(), yes=True)
    asked = click.Command("run", callback=lambda: announce(here, LARGE, Lines(), yes=False))
    monkeypatch.setattr("services.cli.run.on_a_terminal", lambda: True)
    for answer, code in (("y\n", 0), ("n\n", 1)):
        found = CliRunner().invoke(asked, input=answer)
        assert found.exit_code == code
        assert "Run it? [y/N]" in found.stderr


def test_a_run_is_not_measured_on_another_broker_than_the_one_its_user_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("LAB_REDIS_URL", raising=False)
    monkeypatch.setenv("LAB_BROKER_URL", "redis://mine")
    folder = Folder(data_folder())
    folder.open()
    try:
        lab = RunningLab(pid=os.getpid(), redis_url="redis://its", broker_url="redis://its", dashboard="http://its")
        running_lab.publish(folder.path, lab)
        with pytest.raises(Conflict, match="LAB_BROKER_URL names another broker"), reach_for_run(print):
            pass
    finally:
        folder.close()
