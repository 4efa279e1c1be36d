"""`lab calls peek` as a user types it, on a queue that a real application filled."""

from __future__ import annotations

import json
from pathlib import Path

from celery import Celery
from click.testing import CliRunner

from services.cli.main import lab
from services.cli.own_application import lines_of
from services.own.application import calls
from services.store.connection import Client
from services.store.server import EmbeddedServer


def _fill(url: str) -> None:
    with Celery(broker=url, set_as_current=False) as app:
        app.send_task("shop.resize", args=("a.jpg", 200), queue="images")
        app.send_task("shop.mail", args=("x@example.org",), queue="images")


def test_the_calls_of_a_task_are_written_to_a_new_file_of_the_user_alone(
    server: EmbeddedServer, store: Client, tmp_path: Path
) -> None:
    _fill(server.url)
    before = store.lrange("images", 0, -1)
    path = tmp_path / "calls.jsonl"
    command = ["calls", "peek", "--broker", server.url, "--queue", "images", "--task", "shop.resize", "-o", str(path)]
    done = CliRunner().invoke(lab, command)
    assert done.exit_code == 0, done.output
    assert [json.loads(line) for line in path.read_text().splitlines()] == [{"args": ["a.jpg", 200], "kwargs": {}}]
    assert path.stat().st_mode & 0o777 == 0o600
    assert "1 calls of 2 waiting messages; left out: 1 with task shop.mail" in done.stderr
    assert store.lrange("images", 0, -1) == before
    again = CliRunner().invoke(lab, command)
    assert again.exit_code == 2
    assert "--output" in again.stderr


def test_copied_calls_are_read_again_with_every_letter_that_json_can_hold(
    server: EmbeddedServer, store: Client, tmp_path: Path
) -> None:
    text, path = "a\u2028b\x85c\ud800", tmp_path / "calls.jsonl"
    with Celery(broker=server.url, set_as_current=False) as app:
        app.send_task("shop.resize", args=(text,), queue="images")
    done = CliRunner().invoke(lab, ["calls", "peek", "--broker", server.url, "--queue", "images", "-o", str(path)])
    assert done.exit_code == 0, done.output
    assert [call.args for call in calls(lines_of("--calls", path))] == [(text,)]


def test_a_line_of_a_file_of_calls_ends_at_a_newline_only(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text('{"args": ["a\u2028b"]}\n', encoding="utf-8")
    assert [call.args for call in calls(lines_of("--calls", path))] == [("a\u2028b",)]


def test_a_queue_without_a_usable_call_is_refused_with_what_was_found(server: EmbeddedServer, store: Client) -> None:
    store.lpush("images", "garbage")
    done = CliRunner().invoke(lab, ["calls", "peek", "--broker", server.url, "--queue", "images"])
    assert done.exit_code == 2
    assert "1 with no JSON envelope" in done.stderr
    assert done.stdout == ""
