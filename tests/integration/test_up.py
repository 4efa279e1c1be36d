"""The lab on one machine: a real server, and stand-ins for the rest."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from services.core.errors import CannotStart, Conflict, StoreUnreachable
from services.lab import running_lab
from services.lab.one_machine import Local
from services.lab.running_lab import RunningLab
from services.store import keys
from services.store.connection import connect, reaching
from services.store.durable import DurableServer
from services.store.folder import Folder
from services.store.nodes import Lease
from services.store.server import EmbeddedServer
from tests.integration.up import STAND_IN, Children, free_bind, settings
from tests.live import runs, until


def test_a_lab_that_is_ready_answers_and_can_be_found_and_leaves_nothing(
    local: Callable[..., Local],
    tmp_path: Path,
    said: list[str],
    children: Children,
    nothing_is_left: Callable[[Path], bool],
) -> None:
    path, wanted = tmp_path / "data", settings()
    with local(wanted) as here:
        assert here.lab.health().healthy
        assert here.dashboard == f"http://{wanted.bind}"
        assert len(children()) == 5
        assert running_lab.find(path) == RunningLab(
            pid=os.getpid(), redis_url=here.redis_url, broker_url=here.broker_url, dashboard=here.dashboard
        )
        assert (path / running_lab.FILE).stat().st_mode & 0o077 == 0
    assert nothing_is_left(path)
    assert said == []


def test_a_lab_for_one_run_has_no_pages(local: Callable[..., Local], tmp_path: Path, children: Children) -> None:
    with local(settings(), dashboard=False):
        found = running_lab.find(tmp_path / "data")
        assert found is not None and found.dashboard is None
        assert len(children()) == 4


def test_a_second_lab_names_the_address_of_the_first(local: Callable[..., Local]) -> None:
    with local(settings()) as first, pytest.raises(Conflict, match=rf"process {os.getpid()}\): open {first.dashboard}"):
        local(settings()).__enter__()


def test_an_address_that_is_taken_is_reported_and_nothing_is_left(
    local: Callable[..., Local], tmp_path: Path, nothing_is_left: Callable[[Path], bool]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(CannotStart, match=f"cannot listen on {bind}.*--bind"):
            local(settings(bind=bind)).__enter__()
    assert nothing_is_left(tmp_path / "data")


def test_a_part_that_fails_at_start_is_quoted_and_nothing_is_left(
    local: Callable[..., Local],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    nothing_is_left: Callable[[Path], bool],
) -> None:
    monkeypatch.setenv("STAND_IN_FAILS", "node")
    with pytest.raises(CannotStart, match="node exited with 1; its log ends:\nnode has a fault"):
        local(settings()).__enter__()
    assert nothing_is_left(tmp_path / "data")


def test_what_a_killed_lab_left_in_its_store_does_not_hold_up_the_next_one(
    local: Callable[..., Local], tmp_path: Path, children: Children
) -> None:
    with DurableServer(tmp_path / "data" / "store") as server, connect(server.url) as client:
        assert Lease(client, keys.CONDUCTOR, "a dead conductor").take()
    with local(settings()) as here, connect(here.redis_url) as client:
        conductor = client.get(keys.CONDUCTOR)
        assert conductor in [str(one.pid) for one in children()]


def test_a_damaged_store_is_repaired_and_the_user_hears_of_it(
    local: Callable[..., Local], tmp_path: Path, said: list[str]
) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    with DurableServer(tmp_path / "data" / "store") as server, connect(server.url) as client:
        client.set("trial", "measured")
    file = next(tmp_path.glob("data/store/appendonlydir/*.incr.aof"))
    file.write_bytes(file.read_bytes() + bytes(4096))
    with local(settings()) as here, connect(here.redis_url) as client:
        assert client.get("trial") == "measured"
    (line,) = said
    assert line.startswith("The store's files were damaged. 4,096 bytes at the end of appendonly.aof.1.incr.aof cannot")
    assert "damaged-" in line and "may be missing" in line


def test_a_data_folder_that_others_could_enter_is_closed_to_them_and_the_user_hears_of_it(
    local: Callable[..., Local], tmp_path: Path, said: list[str]
) -> None:
    path = tmp_path / "data"
    for mode in (0o777, 0o755):
        path.mkdir(exist_ok=True)
        path.chmod(mode)
        with local(settings(), dashboard=False):
            assert path.stat().st_mode & 0o777 == 0o700
        assert (
            said[-1]
            == f"The data folder {path} was open to other users (mode {mode:o}); it is closed to them now (700)"
        )
    with local(settings(), dashboard=False):
        assert len(said) == 2


def test_the_word_of_another_user_is_not_taken_for_a_running_labs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path)
    folder.open()
    try:
        running_lab.publish(
            tmp_path,
            RunningLab(pid=os.getpid(), redis_url="redis://elsewhere", broker_url="redis://elsewhere", dashboard=None),
        )
        owner = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
        assert running_lab.find(tmp_path) is None
    finally:
        folder.close()


def test_a_data_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(CannotStart, match=rf"belongs to another user \(uid {owner}\)"):
        Folder(tmp_path).open()


def test_a_store_given_by_its_address_is_used_and_none_is_started(local: Callable[..., Local], tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "elsewhere") as server, local(settings(redis_url=server.url)) as here:
        assert here.redis_url == server.url
        assert not (tmp_path / "data" / "store").exists()


def test_a_store_given_by_its_address_that_does_not_answer_is_reported(
    local: Callable[..., Local], tmp_path: Path, nothing_is_left: Callable[[Path], bool]
) -> None:
    with pytest.raises(StoreUnreachable):
        local(settings(redis_url="redis://127.0.0.1:1/0")).__enter__()
    assert nothing_is_left(tmp_path / "data")


def answers(redis_url: str) -> bool:
    with connect(redis_url, timeout=1.0) as client:
        try:
            with reaching():
                return bool(client.ping())
        except StoreUnreachable:
            return False


@pytest.mark.parametrize("name", ["ledger", "broker"])
def test_a_server_that_died_comes_back_where_it_was(
    local: Callable[..., Local], said: list[str], children: Children, name: str
) -> None:
    with local(settings()) as here:
        url = here.redis_url if name == "ledger" else here.broker_url
        server = next(one for one in children() if f":{urlsplit(url).port}" in " ".join(one.cmdline()))
        server.kill()
        until(lambda: not answers(url))

        def back() -> bool:
            here.tick()
            return answers(url)

        until(back)
        assert said == [f"{name} was killed by SIGKILL; starting it again in 0.5 s"]


def test_a_lab_that_is_killed_leaves_no_process_and_is_not_found(tmp_path: Path) -> None:
    lab = subprocess.Popen(
        [sys.executable, "-c", supervisor, str(tmp_path), free_bind(), *STAND_IN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with lab:
        assert lab.stdout is not None
        assert lab.stdout.readline() == "ready\n"
        pids = [one.pid for one in psutil.Process(lab.pid).children(recursive=True)]
        assert len(pids) == 5
        lab.kill()
        lab.wait()
        until(lambda: not any(runs(one) for one in pids))
    assert (tmp_path / running_lab.FILE).exists()
    assert running_lab.find(tmp_path) is None


def test_the_word_of_a_lab_that_was_killed_is_not_taken_for_the_next_ones(tmp_path: Path) -> None:
    running_lab.publish(
        tmp_path, RunningLab(pid=os.getpid() + 1, redis_url="redis://gone", broker_url="redis://gone", dashboard=None)
    )
    folder = Folder(tmp_path)
    folder.open()
    try:
        assert running_lab.find(tmp_path) is None
        new = RunningLab(pid=os.getpid(), redis_url="redis://here", broker_url="redis://here", dashboard=None)
        running_lab.publish(tmp_path, new)
        assert running_lab.find(tmp_path) == new
    finally:
        folder.close()


supervisor = """
import sys
from pathlib import Path
from services.core.settings import Settings
from services.lab.root.one_machine import local_lab

settings = Settings(redis_url=None, bind=sys.argv[2], node="here")
with local_lab(Path(sys.argv[1]), settings, serve=sys.argv[3:], dashboard=True, say=print):
    print("ready", flush=True)
    sys.stdin.read()
"""
