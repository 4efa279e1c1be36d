"""A store whose files were damaged, as by a power cut: a real server, and files damaged by hand."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from services.core.damage import Damage, Fault
from services.store import appendonly
from services.store.connection import connect
from services.store.damages import Damages
from services.store.durable import DurableServer
from tests.live import LAB

BASE, INCREMENT = "appendonly.aof.1.base.rdb", "appendonly.aof.1.incr.aof"
KEYS = 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with KEYS keys, half of them in its snapshot, and a transaction at its end."""
    with DurableServer(tmp_path) as server, connect(server.url) as client:
        for number in range(KEYS):
            client.set(f"key{number:02}", "value")
        with client.pipeline(transaction=True) as pipe:
            pipe.set("one", "1")
            pipe.set("two", "2")
            pipe.execute()
    return tmp_path


def found(folder: Path) -> tuple[set[str], tuple[Damage, ...]]:
    """The keys that a server finds there, and the damages that it knows of."""
    with DurableServer(folder) as server, connect(server.url) as client:
        damages = Damages(client).known()
        return {str(key) for key in client.scan_iter() if not str(key).startswith("lab:")}, damages


def written(count: int = KEYS) -> set[str]:
    return {f"key{number:02}" for number in range(count)}


def increment(folder: Path) -> Path:
    return folder / appendonly.FOLDER / INCREMENT


def zeros(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(bytes(4096))


def garbage(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b"*3\r\n$3\r\nSET\r\n$-7\xff\x00*1\r\n$4\r\n")


def a_torn_command(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b"*3\r\n$3\r\nSET\r\n$5\r\nkey")


def an_open_transaction(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b"*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$1\r\n1\r\n")


@pytest.mark.parametrize("damage", [zeros, garbage, a_torn_command, an_open_transaction])
def test_a_damaged_end_costs_what_was_behind_the_last_whole_command(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    file = increment(folder)
    whole = file.stat().st_size
    damage(file)
    as_found = file.read_bytes()
    keys, (known,) = found(folder)
    assert keys == {*written(), "one", "two"}
    assert (known.fault, known.file, known.lost) == (Fault.CUT, INCREMENT, len(as_found) - whole)
    assert (Path(known.kept) / INCREMENT).read_bytes() == as_found
    assert Path(known.kept).stat().st_mode & 0o777 == 0o700


def test_a_transaction_of_which_the_end_is_torn_counts_as_not_begun(folder: Path) -> None:
    file = increment(folder)
    file.write_bytes(file.read_bytes()[:-3])
    keys, (known,) = found(folder)
    assert keys == written()
    assert known.fault is Fault.CUT


def test_garbage_in_the_middle_costs_what_follows_it_and_the_whole_file_is_kept(folder: Path) -> None:
    file = increment(folder)
    content = file.read_bytes()
    place = content.index(b"key12")
    file.write_bytes(content[: place - 8] + bytes(8) + content[place:])
    keys, (known,) = found(folder)
    assert keys == written(12)
    assert known.fault is Fault.CUT
    assert b"key19" in (Path(known.kept) / INCREMENT).read_bytes()


def test_a_damage_is_reported_until_it_is_dismissed_and_repaired_once(folder: Path) -> None:
    zeros(increment(folder))
    _, (known,) = found(folder)
    with DurableServer(folder) as server, connect(server.url) as client:
        assert Damages(client).known() == (known,)
        Damages(client).dismiss()
    assert found(folder) == ({*written(), "one", "two"}, ())
    assert len(list(folder.glob("damaged-*"))) == 1


def test_a_lost_list_of_files_is_made_again_and_never_starts_empty(folder: Path) -> None:
    (folder / appendonly.FOLDER / appendonly.MANIFEST).unlink()
    keys, (known,) = found(folder)
    assert keys == {*written(), "one", "two"}
    assert (known.fault, known.kept) == (Fault.UNLISTED, "")


def test_an_unreadable_list_of_files_is_made_again_and_kept_aside(folder: Path) -> None:
    (folder / appendonly.FOLDER / appendonly.MANIFEST).write_bytes(bytes(88))
    keys, (known,) = found(folder)
    assert keys == {*written(), "one", "two"}
    assert known.fault is Fault.UNLISTED
    assert (Path(known.kept) / appendonly.MANIFEST).read_bytes() == bytes(88)


@pytest.fixture
def rewritten(folder: Path) -> Path:
    """The same store after it has written a snapshot: nothing but one later key is in its increment."""
    with DurableServer(folder) as server, connect(server.url) as client:
        client.bgrewriteaof()
        while client.info("persistence")["aof_rewrite_in_progress"]:
            pass
        client.set("later", "1")
    return folder


def test_a_damaged_snapshot_is_set_aside_and_what_came_later_is_loaded(rewritten: Path) -> None:
    (base,) = (rewritten / appendonly.FOLDER).glob("*.base.rdb")
    content = base.read_bytes()
    base.write_bytes(content[:100] + b"\x00\xff\x00" + content[103:])
    keys, (known,) = found(rewritten)
    assert keys == {"later"}
    assert (known.fault, known.file, known.lost) == (Fault.UNREADABLE, base.name, len(content))
    assert (Path(known.kept) / base.name).stat().st_size == len(content)


def test_a_lost_list_of_files_after_a_rewrite_is_made_again(rewritten: Path) -> None:
    (rewritten / appendonly.FOLDER / appendonly.MANIFEST).unlink()
    keys, (known,) = found(rewritten)
    assert keys == {*written(), "one", "two", "later"}
    assert known.fault is Fault.UNLISTED


def test_a_file_that_is_listed_and_gone_is_reported(rewritten: Path) -> None:
    (base,) = (rewritten / appendonly.FOLDER).glob("*.base.rdb")
    base.unlink()
    keys, (known,) = found(rewritten)
    assert keys == {"later"}
    assert (known.fault, known.file) == (Fault.MISSING, base.name)


def test_a_folder_whose_files_are_gone_does_not_start_empty_in_silence(folder: Path) -> None:
    for file in (folder / appendonly.FOLDER).iterdir():
        file.unlink()
    keys, (known,) = found(folder)
    assert keys == set()
    assert (known.fault, known.file) == (Fault.EMPTY, str(folder))
    assert "started empty" in known.words


def test_a_new_folder_and_a_healthy_one_have_nothing_to_tell(tmp_path: Path) -> None:
    assert found(tmp_path) == (set(), ())
    assert found(tmp_path) == (set(), ())
    assert not list(tmp_path.glob("damaged-*"))


def test_lab_list_loads_what_is_whole_and_states_what_may_be_missing(folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "concurrency-lab" / "store"
    shutil.copytree(folder, store, ignore=shutil.ignore_patterns("concurrency-lab"))
    zeros(increment(store))
    environ = {name: value for name, value in os.environ.items() if name != "LAB_REDIS_URL"}
    listed = subprocess.run(
        [*LAB, "list"],
        env=environ | {"XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert listed.returncode == 0, listed.stderr
    shown = " ".join(listed.stderr.split())
    assert "4,096 bytes at the end of appendonly.aof.1.incr.aof cannot be read" in shown
    assert "may be missing" in shown
