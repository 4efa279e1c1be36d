"""The built-in workloads do what they say, give the GIL up where they say so, and leave nothing behind."""

from __future__ import annotations

import hashlib
import json
import math
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.web_server import WebServer
from workloads.builtin import native, waiting
from workloads.contract import Value
from workloads.registry import discover

registry = discover()
#: Their answers depend on what ran before them, as they should: tests/unit/workloads/test_sharing.py.
REMEMBERS = ("counter", "marks")
every_workload = pytest.mark.parametrize("name", registry)


def run(name: str, **params: Value) -> object:
    """One task with these values and defaults for the others."""
    one = registry[name]
    return one.function(**one.arguments({**one.defaults, **params}))


@pytest.fixture(autouse=True)
def trial_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a node gives one to every measured worker."""
    monkeypatch.setenv("LAB_TRIAL_FOLDER", str(tmp_path))


@every_workload
def test_it_runs_at_its_lower_bounds_and_at_its_defaults_with_a_result_that_json_can_store(
    name: str, web_server: WebServer
) -> None:
    run(name, **{each.name: each.low for each in registry[name].parameters if each.low is not None})
    result = run(name)
    assert json.loads(json.dumps(result)) == result


def test_every_workload_and_parameter_is_described_in_one_line() -> None:
    texts = [text for one in registry.values() for text in (one.description, *(each.help for each in one.parameters))]
    assert not [text for text in texts if not text or "\n" in text]


@pytest.mark.parametrize("name", [name for name in registry if name not in ("mixed", "channel", *REMEMBERS)])
def test_it_gives_the_same_answer_in_every_thread(name: str, web_server: WebServer) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(run, [name] * 16))
    assert answers == {run(name)}


@pytest.mark.parametrize(
    "name", [name for name in registry if name not in ("mixed", "channel", "http_get", *REMEMBERS)]
)
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_it_gives_the_same_answer_in_a_forked_process(name: str) -> None:
    here = run(name)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(run, [name] * 4) == [here] * 4


@pytest.mark.parametrize(("limit", "count"), [(2, 0), (3, 1), (10, 4), (100, 25), (1_000, 168), (20_000, 2_262)])
def test_primes_counts_the_primes_below_its_limit(limit: int, count: int) -> None:
    assert run("primes", limit=limit) == count


def test_mandelbrot_finds_the_area_of_the_set() -> None:
    inside = run("mandelbrot", size=100, iterations=200)
    assert isinstance(inside, int)
    assert inside / 100**2 * 2.5**2 == pytest.approx(1.5066, rel=0.05)


def test_mandelbrot_counts_points_that_leave_the_set_only_once_they_have_left() -> None:
    # Pixel centres -1.375 ± 0.625i and -0.125 ± 0.625i: the left ones leave at the third step, the right ones stay.
    assert run("mandelbrot", size=2, iterations=2) == 4
    assert run("mandelbrot", size=2, iterations=3) == 2
    assert run("mandelbrot", size=2, iterations=1000) == 2


def test_json_codec_returns_the_length_of_its_records_as_json() -> None:
    one, two = run("json_codec", records=1), run("json_codec", records=2)
    assert isinstance(one, int)
    assert isinstance(two, int)
    assert 2 * one < two < 3 * one


def test_json_codec_raises_when_the_round_trip_changes_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("json.loads", lambda _: [])
    with pytest.raises(ValueError, match="3 records changed on their way through JSON"):
        run("json_codec", records=3)


def test_sha256_hashes_every_block() -> None:
    block = native._text(3)
    assert len(block) == 3 * 1024
    assert run("sha256", kilobytes=3, rounds=2) == hashlib.sha256(block * 2).hexdigest()


@pytest.mark.parametrize("kilobytes", [1, 63, 64, 65, 16_384])
def test_the_text_is_as_long_as_asked_for(kilobytes: int) -> None:
    assert len(native._text(kilobytes)) == kilobytes * 1024


def test_the_text_is_the_same_whenever_it_is_made() -> None:
    before = native._text(5)
    native._text.cache_clear()
    assert native._text(5) == before


def test_only_one_text_is_kept() -> None:
    native._text(1)
    native._text(2)
    assert native._text.cache_info().currsize == 1


def test_compress_makes_text_smaller_and_more_so_at_a_higher_level() -> None:
    fast, small = run("compress", kilobytes=256, level=1), run("compress", kilobytes=256, level=9)
    assert isinstance(fast, int)
    assert isinstance(small, int)
    assert 0 < small < fast < 256 * 1024


def test_wait_lasts_no_shorter_than_asked_for() -> None:
    before = time.monotonic()
    run("wait", milliseconds=20)
    assert time.monotonic() - before >= 0.02


def test_http_get_asks_for_the_delay_and_the_size_it_was_given(web_server: WebServer) -> None:
    assert run("http_get", delay_milliseconds=7, kilobytes=3) == 3072
    assert web_server.paths == ["/?delay=7&bytes=3072"]


def test_http_get_opens_a_connection_for_every_task(web_server: WebServer) -> None:
    for _ in range(3):
        run("http_get")
    assert len(set(web_server.clients)) == 3


def test_http_get_raises_when_the_status_is_not_200(web_server: WebServer) -> None:
    web_server.status = 503
    with pytest.raises(OSError, match=r"bytes=1024 on port \d+ was answered with status 503, not 200"):
        run("http_get")


@pytest.mark.parametrize("difference", [-1, 1])
def test_http_get_raises_when_the_answer_has_another_length(web_server: WebServer, difference: int) -> None:
    web_server.sent_too_many = difference
    with pytest.raises(OSError, match=f"was answered with {1024 + difference} bytes, not 1024"):
        run("http_get")


def test_http_get_raises_when_the_connection_ends_early(web_server: WebServer) -> None:
    web_server.sent_too_many, web_server.promised_too_many = -24, 24
    with pytest.raises(OSError, match="was answered with 1000 bytes, not 1024"):
        run("http_get")


def test_http_get_states_that_it_needs_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_HTTP_PORT", raising=False)
    with pytest.raises(RuntimeError, match="LAB_HTTP_PORT is not set"):
        run("http_get")


def test_only_workloads_that_talk_to_a_server_ask_for_one() -> None:
    asked = {name: one.services for name, one in registry.items() if one.services}
    assert asked == {"channel": {"redis"}, "http_get": {"http"}}


@pytest.mark.parametrize("sync", ["no", "yes"])
def test_file_write_read_waits_for_the_disk_only_when_asked_to(
    sync: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_size))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert run("file_write_read", kilobytes=3, sync=sync) == 3072
    assert synced == ([3072] if sync == "yes" else [])
    assert list(tmp_path.iterdir()) == []


def test_file_write_read_raises_when_less_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "bytes", lambda size: b"x" * (size - 1), raising=False)
    with pytest.raises(OSError, match="wrote 1024 bytes to a temporary file and read 1023 back"):
        run("file_write_read", kilobytes=1)


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 5), (0.5, 20, math.inf), (1.0, 40, math.inf)])
def test_mixed_uses_cpu_time_for_its_share(share: float, low: float, high: float) -> None:
    before = time.thread_time()
    run("mixed", milliseconds=40, cpu_share=share)
    assert low <= (time.thread_time() - before) * 1000 <= high


def test_mixed_returns_the_cpu_time_it_used_in_milliseconds() -> None:
    before = time.thread_time()
    used = run("mixed", milliseconds=40, cpu_share=0.5)
    assert isinstance(used, float)
    assert 20 <= used <= (time.thread_time() - before) * 1000


@pytest.mark.parametrize(("share", "naps"), [(0.0, [0.04]), (0.5, [0.02]), (1.0, [])])
def test_mixed_sleeps_for_the_rest(share: float, naps: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    run("mixed", milliseconds=40, cpu_share=share)
    assert slept == naps


def test_allocate_holds_the_memory_it_was_asked_for_and_gives_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    monkeypatch.setattr(time, "sleep", lambda _: held.append(private_memory()))
    before = private_memory()
    assert run("allocate", megabytes=64, hold_milliseconds=10) == 64 * 1024 * 1024
    assert held[0] - before == pytest.approx(64 * 1024 * 1024, rel=0.1)
    assert private_memory() - before < 8 * 1024 * 1024


def private_memory() -> int:
    """Bytes that this process alone has written to."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) * 1024


def test_echo_carries_an_argument_and_a_result_of_the_sizes_asked_for() -> None:
    one = registry["echo"]
    arguments = one.arguments({"argument_bytes": 5, "result_bytes": 7})
    assert arguments == {"argument_bytes": 5, "result_bytes": 7, "payload": "xxxxx"}
    assert one.function(**arguments) == "xxxxxxx"


@pytest.mark.parametrize("payload", ["", "xxxx", "xxxxxx"])
def test_echo_raises_when_its_payload_has_another_length(payload: str) -> None:
    with pytest.raises(ValueError, match=f"expected 5 characters of payload and got {len(payload)}"):
        registry["echo"].function(argument_bytes=5, payload=payload)


def test_the_user_does_not_set_the_payload_of_echo() -> None:
    assert [parameter.name for parameter in registry["echo"].parameters] == ["argument_bytes", "result_bytes"]
