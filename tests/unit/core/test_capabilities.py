"""What Celery offers in some models only, and time limits that a model does not enforce."""

from __future__ import annotations

import inspect

import pytest
from celery.concurrency import base, gevent, prefork, solo, thread

from services.core.advice import TaskTimeLimits
from services.core.capabilities import CAPABILITIES, HARD_TIME_LIMIT, SOFT_TIME_LIMIT, given_up, unenforced
from services.core.models import Model

POOLS = {
    Model.SEQUENTIAL: solo.TaskPool,
    Model.THREADS: thread.TaskPool,
    Model.GEVENT: gevent.TaskPool,
    Model.PREFORK: prefork.TaskPool,
}


def lacking(text: str) -> frozenset[Model]:
    """The models that lack the capability whose name begins like this."""
    [found] = [one for one in CAPABILITIES if one.lack.startswith(text)]
    return frozenset(Model) - found.models


def test_every_capability_has_a_source_and_a_model_that_lacks_it() -> None:
    assert all(one.source and one.models and one.models < frozenset(Model) for one in CAPABILITIES)


def test_every_model_gives_something_up() -> None:
    assert all(given_up(model) for model in Model)


def test_celery_of_this_lab_terminates_tasks_where_the_table_has_it() -> None:
    missing = {model for model, pool in POOLS.items() if pool.terminate_job is base.BasePool.terminate_job}
    # prefork takes it from billiard's pool when it starts.
    assert missing - {Model.PREFORK} == lacking("revoke")


def test_celery_of_this_lab_grows_pools_where_the_table_has_it() -> None:
    missing = {model for model, pool in POOLS.items() if not hasattr(pool, "grow")}
    assert missing - {Model.PREFORK} == lacking("autoscale")


def test_greenlets_and_threads_of_celery_know_no_soft_time_limit() -> None:
    known = {model for model in (Model.THREADS, Model.GEVENT) if "soft_timeout" in _parameters(model)}
    assert known == set()
    assert {Model.THREADS, Model.GEVENT} <= lacking("soft time limits")


def test_greenlets_of_celery_know_a_hard_time_limit_and_threads_do_not() -> None:
    known = {model for model in (Model.THREADS, Model.GEVENT) if "timeout" in _parameters(model)}
    assert known == {Model.GEVENT} == {Model.THREADS, Model.GEVENT} - lacking("hard time limits")


def _parameters(model: Model) -> set[str]:
    return set(inspect.signature(POOLS[model].on_apply).parameters)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Model.PREFORK, ()),
        (Model.GEVENT, ("the soft time limit of 2.00 s",)),
        (Model.THREADS, ("the soft time limit of 2.00 s", "the hard time limit of 3.00 s")),
    ],
)
def test_declared_time_limits_that_a_model_does_not_enforce_are_named(model: Model, expected: tuple[str, ...]) -> None:
    assert unenforced(model, TaskTimeLimits(soft=2, hard=3)) == expected


def test_a_task_without_time_limits_has_none_that_are_not_enforced() -> None:
    assert unenforced(Model.SEQUENTIAL, TaskTimeLimits()) == ()
    assert SOFT_TIME_LIMIT.models < HARD_TIME_LIMIT.models
