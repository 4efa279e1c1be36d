"""Watching the broker under test: hangs are measured, losses fail the trial."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain, repeat

import pytest

from services.core.errors import BrokerUnreachable
from services.node.brokerwatch import BrokerWatch
from tests.live import until

REFUSED = BrokerUnreachable("Redis does not answer: refused")


@contextmanager
def watching(ping: Callable[[], str], *, silence: float = 30.0) -> Iterator[BrokerWatch]:
    watch = BrokerWatch(ping, interval=0.001, silence=silence)
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


def answering(*answers: str | BrokerUnreachable) -> Callable[[], str]:
    """A ping with these answers, of which the last repeats."""
    coming = chain(answers, repeat(answers[-1]))

    def ping() -> str:
        answer = next(coming)
        if isinstance(answer, str):
            return answer
        raise answer

    return ping


def loss(watch: BrokerWatch) -> str:
    with suppress(BrokerUnreachable):
        watch.check()
        return ""
    with pytest.raises(BrokerUnreachable) as caught:
        watch.check()
    return str(caught.value)


def test_a_broker_that_refuses_twice_is_lost_with_its_reason() -> None:
    with watching(answering("one", REFUSED)) as watch:
        until(partial(loss, watch))
        assert loss(watch) == str(REFUSED)


def test_a_single_refused_ping_is_no_loss() -> None:
    answers = answering("one", REFUSED, "one")
    asked = threading.Semaphore(0)

    def ping() -> str:
        asked.release()
        return answers()

    with watching(ping) as watch:
        for _ in range(6):
            assert asked.acquire(timeout=10)
        assert loss(watch) == ""


def test_a_broker_that_was_started_again_between_two_pings_is_lost() -> None:
    with watching(answering("one", "two")) as watch:
        until(partial(loss, watch))
        assert "started again" in loss(watch)


def test_a_hang_counts_while_it_lasts_and_is_not_waited_for_at_the_end() -> None:
    with closing_event() as release:
        with watching(lambda: str(release.wait(60)), silence=0.05) as watch:
            until(lambda: watch.longest() > 0.06)
            assert "has not answered for 0.05 s" in loss(watch)
        assert watch.longest() > 0.06


def test_only_what_follows_a_reset_counts_of_a_hang() -> None:
    with closing_event() as release, watching(lambda: str(release.wait(60))) as watch:
        until(lambda: watch.longest() > 0.2)
        watch.reset()
        assert watch.longest() < 0.2


@contextmanager
def closing_event() -> Iterator[threading.Event]:
    """An event that is set at the end: no thread waits for it any more."""
    event = threading.Event()
    try:
        yield event
    finally:
        event.set()
