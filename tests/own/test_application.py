"""A look at a user's application imports it sealed, and turns what is wrong with it into words."""

from __future__ import annotations

import sys
import venv
from dataclasses import replace
from pathlib import Path

import pytest

from services.core.errors import InvalidRequest
from services.core.task_reference import TaskCall
from services.own.application import Application, ApplicationFacts, known_task, look
from services.store.connection import Client
from services.store.server import EmbeddedServer
from tests.own.shop import made


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


def test_one_call_is_tried_and_its_length_returned(shop: Application) -> None:
    found = look(shop, "shop.tasks.resize", TaskCall(args=("a.jpg",)), tries=True)
    assert found.tried["state"] == "SUCCESS" and found.tried["seconds"] > 0.002


def test_arguments_that_do_not_fit_the_task_are_named(shop: Application) -> None:
    assert "'name'" in look(shop, "shop.tasks.resize", TaskCall()).unbound


def test_a_misspelt_task_is_refused_with_the_nearest_name() -> None:
    found = ApplicationFacts(python="", celery="", kombu="", gevent=True, tasks={"shop.tasks.resize": {}}, replaced={})
    with pytest.raises(InvalidRequest, match=r"Did you mean 'shop.tasks.resize'"):
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
        assert found.tried["state"] == "SUCCESS"
    with pytest.raises(InvalidRequest, match="nothing"):
        look(jobs, "jobs.nothing")
