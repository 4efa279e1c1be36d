"""The command line of a cell, and the settings that its figures rest on."""

from __future__ import annotations

import shlex
from dataclasses import replace

from celery import Celery

from services.analysis.answer import launch
from services.core.models import Model
from tests.unit.analysis.answer.tasks import measured, steady
from tests.unit.analysis.made import facts

PREFORK = measured(Model.PREFORK, 4, steady(50))
GEVENT = replace(
    measured(Model.GEVENT, 8, steady(50)),
    facts=replace(facts(pool="gevent", prefetch=0), shares_backend=True, result_connections=1024),
)


def test_a_stock_worker_needs_its_pool_and_its_slots() -> None:
    assert " ".join(launch.command(PREFORK, launch.settings(PREFORK))) == (
        "celery -A proj worker --pool=prefork --concurrency=4"
    )


def test_the_command_for_an_own_task_names_its_application() -> None:
    own = replace(PREFORK, facts=replace(facts(), app="shop.celery"))
    assert launch.command(own, ())[:4] == ("celery", "-A", "shop.celery", "worker")


def test_a_sequential_worker_has_no_concurrency() -> None:
    alone = measured(Model.SEQUENTIAL, 1, steady(50))
    assert " ".join(launch.command(alone, ())) == "celery -A proj worker --pool=solo"


def test_the_settings_that_the_lab_chose_for_gevent_are_in_the_command_with_their_reason() -> None:
    needed = launch.settings(GEVENT)
    assert [(one.name, one.value) for one in needed] == [
        ("worker_prefetch_multiplier", 0),
        ("result_backend_thread_safe", True),
        ("redis_max_connections", 1024),
    ]
    assert all(one.reason.startswith("Stock gevent on Redis stalls") for one in needed)


def test_celery_reads_the_settings_of_the_command_as_they_were_measured() -> None:
    words = shlex.split(" ".join(launch.command(GEVENT, launch.settings(GEVENT))))
    app = Celery(set_as_current=False)
    app.config_from_cmdline(words[words.index("--") + 1 :], namespace="worker")
    assert app.conf.worker_prefetch_multiplier == 0
    assert app.conf.result_backend_thread_safe is True
    assert app.conf.redis_max_connections == 1024


def test_a_prefetch_that_was_asked_for_is_a_setting_of_the_experiment() -> None:
    [setting] = launch.settings(replace(PREFORK, facts=facts(prefetch=1)))
    assert (setting.name, setting.value, setting.reason) == (
        "worker_prefetch_multiplier",
        1,
        "Measured with this setting.",
    )


def test_a_worker_whose_settings_are_not_known_is_not_stock() -> None:
    assert launch.is_stock(PREFORK)
    assert not launch.is_stock(replace(PREFORK, facts=None))
    assert not launch.is_stock(GEVENT)


def test_settings_of_the_application_are_not_in_its_command() -> None:
    own = replace(facts(prefetch=1), app="shop.celery", acks_late=True)
    kept = ("task_acks_late", "worker_prefetch_multiplier")
    assert launch.settings(replace(PREFORK, facts=replace(own, app_settings=kept))) == ()
    assert len(launch.settings(replace(PREFORK, facts=own))) == 2
