"""A look at a user's application imports it sealed, and turns what is wrong with it into words."""

from __future__ import annotations

import sys
import venv
from dataclasses import replace
from pathlib import Path

import pytest

from services.core.errors import InvalidRequest
from services.core.task_reference import TaskCall
from services.own.application import Application, ApplicationFacts, LookLimits, known_task, look
from services.own.consent import what_it_did
from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.own.shop import made

BUSY = """
import pathlib, subprocess
import redis

def work(url):
    redis.from_url(url).ping()
    pathlib.Path("note.txt").write_text("x")
    subprocess.run(["true"])
"""
WAITING = """
from celery import Celery
app = Celery("waiting")

@app.task(name="waiting.parent")
def parent():
    return child.delay().get(disable_sync_subtasks=False)

@app.task(name="waiting.child")
def child():
    return 1
"""


@pytest.fixture
def shop(tmp_path: Path, server: EmbeddedServer) -> Application:
    return Application(app="shop.celery", folder=made(tmp_path / "srv", server.url), python=sys.executable)


def refused(application: Application) -> str:
    with pytest.raises(InvalidRequest) as caught:
        look(application)
    return str(caught.value)


def test_the_tasks_are_listed_with_signatures_and_options_and_production_sees_nothing(
    shop: Application, store: Client
) -> None:
    before = store.info("stats")["total_connections_received"]
    found = look(shop)
    assert found.tasks["shop.tasks.resize"]["signature"] == "(name, width=100)"
    assert found.tasks["shop.tasks.thumb"]["rate_limit"] == "10/m"
    assert found.celery.startswith("5.") and found.gevent
    assert "**" in found.replaced["broker_url"], "the password is masked"
    assert store.info("stats")["total_connections_received"] == before


def test_several_brokers_between_semicolons_are_shown_without_their_passwords(shop: Application) -> None:
    (shop.folder / "many.py").write_text(
        "from celery import Celery\napp = Celery(broker='sentinel://:hunter2@a:26379;sentinel://:hunter2@b:26379')\n"
    )
    broker = look(replace(shop, app="many")).replaced["broker_url"]
    assert "a:26379" in broker and "b:26379" in broker and "hunter2" not in broker


def test_one_call_is_tried_and_its_length_returned(shop: Application) -> None:
    found = look(shop, "shop.tasks.resize", TaskCall(args=("a.jpg",)), tries=True)
    assert found.tried is not None
    assert found.tried.state == "SUCCESS" and found.tried.seconds > 0.002
    assert found.tried.children == {"shop.tasks.thumb": 1}, "the message of the import is no child of the call"
    assert not found.tried.seen


def test_what_one_call_does_is_listed_with_its_line(shop: Application, server: EmbeddedServer) -> None:
    (shop.folder / "busy.py").write_text(BUSY)
    found = look(replace(shop, app="busy.py"), "busy.work", TaskCall(args=(server.url,)), tries=True)
    assert found.tried is not None and found.tried.state == "SUCCESS"
    said = " ".join(what_it_did(found.tried))
    assert f"connects to 127.0.0.1:{server.url.rpartition(':')[2].partition('/')[0]} (busy.py:6)" in said
    assert "writes note.txt (busy.py:7)" in said and "starts true (busy.py:8)" in said


def test_a_task_that_asks_for_a_retry_is_called_once(shop: Application) -> None:
    found = look(shop, "shop.tasks.retried", TaskCall(), tries=True)
    assert found.tried is not None
    assert (found.tried.state, found.tried.error) == ("RETRY", "")
    assert found.tried.children == {"shop.tasks.retried": 1}


def test_arguments_may_be_longer_than_a_variable_of_the_environment(shop: Application) -> None:
    found = look(shop, "shop.tasks.resize", TaskCall(args=("x" * 300_000,)), tries=True)
    assert found.tried is not None and found.tried.state == "SUCCESS"


def test_arguments_that_do_not_fit_the_task_are_named(shop: Application) -> None:
    fits = TaskCall(args=("a.jpg",))
    unbound = look(shop, "shop.tasks.resize", fits, TaskCall(), fits).unbound
    assert list(unbound) == [2] and "'name'" in unbound[2]


def test_a_misspelt_task_is_refused_with_the_nearest_name() -> None:
    found = ApplicationFacts(python="", celery="", kombu="", gevent=True, tasks={"shop.tasks.resize": {}}, replaced={})
    with pytest.raises(InvalidRequest, match=r"did you mean shop.tasks.resize\?"):
        known_task(found, "shop.tasks.resiz")


def test_an_application_that_is_not_there_is_refused(shop: Application) -> None:
    assert "No module named 'shop.nothing'" in refused(
        Application(app="shop.nothing", folder=shop.folder, python=shop.python)
    )


def test_a_raw_connection_during_the_import_is_refused_with_its_line(shop: Application, server: EmbeddedServer) -> None:
    (shop.folder / "raw.py").write_text(
        f"import redis\nfrom celery import Celery\nredis.from_url({server.url!r}).flushall()\napp = Celery()\n"
    )
    reason = refused(replace(shop, app="raw"))
    assert "while it is imported" in reason and "raw.py:3" in reason


def test_an_interpreter_without_celery_is_refused_with_what_to_install(shop: Application, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    bare = str(tmp_path / "bare" / "bin" / "python")
    reason = refused(replace(shop, python=bare))
    assert "pip install 'celery[redis]'" in reason


def test_a_plain_function_and_a_coroutine_function_of_a_file_are_tasks(tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text("def resize(width):\n    return width\n\nasync def fetch():\n    return 1\n")
    jobs = Application(app="jobs.py", folder=tmp_path, python=sys.executable)
    for name, call in (("resize", TaskCall(kwargs={"width": 200})), ("fetch", TaskCall())):
        found = look(jobs, f"jobs.{name}", call, tries=True)
        assert found.tried is not None and found.tried.state == "SUCCESS"
    with pytest.raises(InvalidRequest, match=r"nothing is no function of jobs.py, which has: resize, fetch"):
        look(jobs, "jobs.nothing")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import nothing_there", r"No module named 'nothing_there' \(odd.py:1\)"),
        ("app = 1", "cannot be imported"),
        ("raise SystemExit('usage: odd')", r"usage: odd \(odd.py:1\)"),
        ("import os; os._exit(3)", "its interpreter ended"),
        ("import time; time.sleep(60)", "the import did not end within 1 s"),
        # A process that it leaves behind keeps nothing waiting.
        ("import os, time; os.fork() or time.sleep(60); raise ValueError('after a fork')", "after a fork"),
        ("print('x' * 10**6); import subprocess; subprocess.Popen(['sleep', '60']); 1 / 0", "ZeroDivisionError"),
    ],
)
def test_an_import_that_goes_wrong_is_an_error_with_its_reason(shop: Application, code: str, reason: str) -> None:
    (shop.folder / "odd.py").write_text(code)
    with pytest.raises(InvalidRequest, match=reason):
        look(replace(shop, app="odd"), limits=LookLimits(importing=1.0 if "import time; time" in code else 30.0))


def test_a_call_that_waits_for_a_child_ends_in_time_and_in_words(shop: Application) -> None:
    (shop.folder / "waiting.py").write_text(WAITING)
    with pytest.raises(InvalidRequest, match=r"did not end within 0.5 s .* child task .* never runs"):
        look(replace(shop, app="waiting"), "waiting.parent", tries=True, limits=LookLimits(trying=0.5))


@pytest.mark.parametrize(
    ("celery", "reason"),
    [
        ('__version__ = "5.2.7"', "needs celery>=5.3 .it has 5.2.7"),
        ("import packaging_that_is_missing", "environment is broken, before any code of yours .*packaging_that_is"),
    ],
)
def test_an_environment_that_cannot_run_celery_is_named_and_not_the_application(
    shop: Application, tmp_path: Path, celery: str, reason: str
) -> None:
    venv.create(tmp_path / "old", with_pip=False)
    (packages,) = (tmp_path / "old" / "lib").glob("python*/site-packages")
    (packages / "celery.py").write_text(celery)
    (packages / "kombu.py").write_text('__version__ = "5.2.4"')
    with pytest.raises(InvalidRequest, match=reason):
        look(replace(shop, python=str(tmp_path / "old" / "bin" / "python")))
