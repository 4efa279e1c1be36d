"""What a trial is played on, when something is the matter with the workload or with its worker."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from concurrency_lab_inside.stamps import Outcome, Stamp
from services.broker.contract import Place
from services.broker.redis import RedisBroker, prefix, result_key
from services.core.errors import TrialFailed
from services.core.models import Model
from services.node.rig import Rig
from services.node.stall import StallLimits
from services.planning.request_shape import MOST_CONCURRENCY
from services.store.connection import connect
from services.store.server import EmbeddedServer
from tests.live import free_port, until
from tests.unit.node import bodies
from tests.unit.node.rigs import rig, spec
from workloads.builtin.messaging import echo
from workloads.builtin.waiting import http_get

LARGE = 2 * 1024 * 1024


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize(
    ("how", "named"),
    [
        ("division", "the workload raised ZeroDivisionError: seven by nothing"),
        ("complaint", "rust at the left door"),
        ("large", "the workload raised .*value too large"),
        ("unwritable", "the workload raised .*not JSON serializable"),
        ("exit", "the workload raised "),
    ],
)
def test_a_body_that_raises_fails_the_trial_with_its_error_named(
    server: EmbeddedServer, model: Model, how: str, named: str
) -> None:
    slots = 1 if model is Model.SEQUENTIAL else 2
    with rig(server, spec(bodies.bad, model, slots, how=how)) as worker:
        with pytest.raises(TrialFailed, match=named):
            worker.warm(slots)
        assert list(worker.table().outcome) == [Outcome.RAISED] * slots
        with pytest.raises(TrialFailed, match=named):
            worker.check(range(slots))


def test_a_workload_may_call_its_parameters_as_it_likes(server: EmbeddedServer) -> None:
    asked = spec(bodies.numbered, Model.SEQUENTIAL, 1, row=7, first=8, count=9)
    with rig(server, asked) as worker:
        (row,) = worker.warm(1)
        assert list(worker.table().outcome) == [Outcome.OK]
        stored = RedisBroker(server.url).outcome(Place(attempt=asked.attempt, share=0), worker.id(row))
        assert stored == (True, [7, 8, 9])


def test_a_body_that_ends_its_process_fails_the_trial_with_its_last_words_and_its_lost_tasks(
    server: EmbeddedServer,
) -> None:
    with rig(server, spec(bodies.bad, Model.THREADS, 2, how="die")) as worker:
        with pytest.raises(
            TrialFailed, match=r"main process exited with 7; its log ends: .*no more of this$"
        ) as caught:
            worker.warm(2)
        assert caught.value.lost == 2


def test_a_body_that_ends_its_slot_fails_the_trial_with_its_lost_tasks(server: EmbeddedServer) -> None:
    with rig(server, spec(bodies.bad, Model.PREFORK, 2, how="die")) as worker:
        with pytest.raises(TrialFailed, match="a slot died") as caught:
            worker.warm(2)
        assert caught.value.lost == 2
        assert list(worker.table().outcome) == [Outcome.SLOT_LOST] * 2


def test_a_broker_that_is_just_being_started_again_is_waited_for(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        server.kill()
        with ThreadPoolExecutor() as pool:
            coming = pool.submit(Rig, spec(echo, Model.THREADS, 1), broker=RedisBroker(server.url))
            # On this thread, which stays: the server ends with the thread that started it.
            server.start()
            worker = coming.result(timeout=30)
        try:
            worker.warm(1)
        finally:
            worker.close()


def test_a_broker_that_stays_away_fails_the_trial_with_the_reason() -> None:
    away = RedisBroker(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(TrialFailed, match="the broker under test failed: Redis does not answer"):
        Rig(spec(echo, Model.THREADS, 1), broker=away, patience=0.1)


def test_a_killed_main_process_is_reported_with_the_tasks_that_are_lost(server: EmbeddedServer) -> None:
    with rig(server, spec(bodies.nap, Model.THREADS, 2, milliseconds=200)) as worker:
        worker.warm(2)
        tasks = worker.fill(10)
        worker.open()
        until(lambda: worker.spans.count(tasks, Stamp.FINISHED) >= 2, seconds=10)
        psutil.Process(worker.worker.pid).kill()
        with pytest.raises(TrialFailed, match="main process was killed by SIGKILL") as caught:
            worker.wait(tasks, pause=0.002)
        assert caught.value.lost == 10 - worker.spans.count(tasks, Stamp.FINISHED)
        assert 0 < caught.value.lost < 10


@pytest.mark.parametrize("model", [Model.THREADS, Model.GEVENT, Model.PREFORK])
def test_every_slot_takes_part_in_the_warm_up_however_short_the_body(server: EmbeddedServer, model: Model) -> None:
    with rig(server, spec(bodies.bad, model, 4)) as worker:
        warm = worker.warm(4)
        started, finished = worker.spans.column(warm, Stamp.STARTED), worker.spans.column(warm, Stamp.FINISHED)
        assert started.max() <= finished.min()
        slots = {*worker.spans.column(warm, Stamp.PID if model is Model.PREFORK else Stamp.THREAD)}
        assert len(slots) == (1 if model is Model.GEVENT else 4)


@pytest.mark.parametrize("model", [Model.THREADS, Model.PREFORK])
def test_a_body_larger_than_usual_comes_and_goes_whole(server: EmbeddedServer, model: Model) -> None:
    """The body itself checks the length of what it got."""
    asked = spec(echo, model, 2, argument_bytes=LARGE, result_bytes=LARGE)
    with rig(server, asked) as worker:
        worker.check(worker.warm(2))
        worker.check(worker.ping(1))
        tasks = worker.fill(2)
        worker.open()
        worker.wait(tasks, pause=0.005)
        worker.check(tasks)
        with connect(server.url) as client:
            result = client.strlen(result_key(prefix(Place(attempt=asked.attempt, share=0)), worker.id(tasks.stop - 1)))
        assert result > LARGE


def test_a_silent_worker_is_given_up_with_the_last_lines_of_its_log(server: EmbeddedServer) -> None:
    with rig(server, spec(bodies.talkative, Model.THREADS, 1, milliseconds=60_000)) as worker:
        worker.ping(1)
        worker.limits = StallLimits(silence=1.0)
        with pytest.raises(
            TrialFailed, match=r"no task came back .* for 1 s; its log ends: .*going to sleep"
        ) as caught:
            worker.warm(1)
        assert caught.value.lost == 1
        assert "superuser" not in str(caught.value), "a warning to root is no reason"


def test_a_worker_that_cannot_report_its_facts_is_given_up_with_the_last_lines_of_its_log(
    server: EmbeddedServer,
) -> None:
    with rig(server, spec(bodies.talkative, Model.SEQUENTIAL, 1, milliseconds=60_000)) as worker:
        worker.ping(1)
        tasks = worker.fill(1)
        worker.open()
        until(lambda: worker.spans.count(tasks, Stamp.STARTED), seconds=10)
        worker.limits = StallLimits(silence=0.2)
        with pytest.raises(TrialFailed, match=r"no task came back .*; its log ends: .*going to sleep"):
            worker.facts()


def test_a_worker_that_computes_for_longer_than_the_silence_allowed_is_not_given_up(server: EmbeddedServer) -> None:
    with rig(server, spec(bodies.burn, Model.THREADS, 2, milliseconds=1500)) as worker:
        worker.ping(1)
        worker.limits = StallLimits(silence=0.6, look=0.1)
        worker.warm(2)


@pytest.mark.parametrize("model", [Model.THREADS, Model.GEVENT, Model.PREFORK])
def test_the_highest_concurrency_that_a_request_may_name_works(server: EmbeddedServer, model: Model) -> None:
    slots = model.traits.most_slots or MOST_CONCURRENCY
    with rig(server, spec(bodies.nap, model, slots, milliseconds=20)) as worker:
        worker.warm(slots)
        worker.facts()


def test_what_a_workload_needs_beside_it_runs_as_long_as_its_worker(server: EmbeddedServer) -> None:
    others = set(psutil.Process().children(recursive=True))
    with rig(server, spec(http_get, Model.THREADS, 2)) as worker:
        worker.warm(2)
        now = psutil.Process().children(recursive=True)
        # A browser of other tests starts and ends processes when it likes.
        family = [process for process in now if not others & {process, *process.parents()}]
        assert any("services.node.loopback" in process.cmdline() for process in family)
    assert not [process for process in family if process.is_running()]


def test_closing_ends_every_process_of_the_worker_and_may_be_done_again(server: EmbeddedServer) -> None:
    with rig(server, spec(bodies.nap, Model.PREFORK, 2)) as worker:
        worker.warm(2)
        family = psutil.Process(worker.worker.pid).children(recursive=True)
        assert len(family) >= 2
        worker.close()
        until(lambda: not psutil.wait_procs(family, timeout=0)[1], seconds=10)
        with pytest.raises(TrialFailed, match="given up"):
            worker.worker.check()


def test_the_log_of_a_worker_that_cannot_start_is_quoted(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spec(bodies.nap, Model.THREADS, 1)
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with (
        rig(server, asked) as worker,
        pytest.raises(TrialFailed, match=r"main process exited with 1; its log ends: .*Python"),
    ):
        worker.warm(1)
