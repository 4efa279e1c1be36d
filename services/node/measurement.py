"""One node's share of one trial: start, ping, calibrate and fill in `prepare`; saturate and stop in `saturate`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from concurrency_lab_inside.app import SHARED_CONNECTIONS
from concurrency_lab_inside.stamps import Stamp
from services.analysis.trial import spans as packing
from services.analysis.trial.spans import SpanTable
from services.core.cpu_usage import Usage
from services.core.errors import TrialFailed
from services.core.trial import Facts, NodeTrial, Phases, Prepared, Sample, TrialSpec
from services.core.units import NANOSECOND, Rate, Seconds
from services.node.rig import Rig
from services.node.sampler import Watched, sample
from services.node.spanfile import CAPACITY

#: How much longer than the shortest window the calibration aims, to end up above it.
MARGIN = 1.25
#: Length of a pilot as a part of the window, and how many pilots there are at the most.
PILOT = 0.2
PILOTS = 3
#: A wave of tasks, one in every slot, that takes so many windows needs no pilot: a cold start never explains it.
LONG_WAVE = 4
#: No worker carries a task faster: keeps a first pilot of an empty body from being far too long.
SHORTEST_TASK: Seconds = 0.001
#: Most tasks of one saturate phase; the table must hold pilots and pings too.
MOST_TASKS = CAPACITY // 2


class Measurement:
    """The phases of one share, in order. `say` is called with the name of each phase as it begins."""

    def __init__(self, spec: TrialSpec, rig: Callable[[TrialSpec], Rig], say: Callable[[str], None]) -> None:
        self.spec = spec
        self._make_rig = rig
        self._say = say
        self._took: dict[str, Seconds] = {}
        self._rig: Rig | None = None
        self._ended = False
        self._facts: Facts
        self._idle: Sample
        self._pings: range
        self._tasks: range
        self._opened = 0
        self._lag: Seconds = 0.0
        self._broker_wait: Seconds | None = None

    def prepare(self) -> Prepared:
        """Everything up to the full queue. Raises TrialFailed, with nothing left running."""
        spec, slots = self.spec, self.spec.trial.cell.concurrency
        rig: Rig | None = None
        with ExitStack() as failing:
            failing.callback(lambda: self._give_up(rig))
            with self._phase("start"):
                rig = self._rig = self._make_rig(spec)
                self._go_on()
                warm = rig.warm(slots)
                self._facts = self._recorded(rig)
            with self._phase("ping"):
                self._pings = rig.ping(spec.pings)
                rig.check(self._pings)
                self._idle = sample(rig.worker.pid)
            with self._phase("calibrate"):
                count = len(spec.schedule) or spec.tasks or self._calibrate(rig, _warm_rate(rig, warm))
            with self._phase("fill"):
                if spec.schedule:
                    self._tasks = rig.reserve(count)
                else:
                    self._tasks = rig.fill(min(MOST_TASKS, whole_waves(count, slots)))
                self._go_on()
            failing.pop_all()
        return Prepared(tasks=len(self._tasks))

    def saturate(self, *, node: str, boot: str) -> NodeTrial:
        """Open the queue, or keep to the schedule; watch the queue run empty; kill the worker.

        Lost tasks do not raise: they are in the answer.
        """
        rig, failure = self._rig, ""
        if rig is None:
            raise TrialFailed(f"attempt {self.spec.attempt} is not prepared here")
        rig.extend()
        try:
            with self._phase("saturate", say=False):
                try:
                    watched = self._run(rig)
                except TrialFailed as error:
                    failure, watched = str(error), Watched(usage=NO_USAGE)
            spans, reconnects = rig.table(), rig.spans.reconnects()
            with self._phase("stop"):
                self.end()
        finally:
            self.end()
        return NodeTrial(
            node=node,
            boot=boot,
            facts=self._facts,
            phases=Phases(**self._took),
            spans=packing.pack(spans),
            ping=(self._pings.start, self._pings.stop),
            saturate=(self._tasks.start, self._tasks.stop),
            opened=self._opened,
            scheduled=bool(self.spec.schedule),
            publisher_lag=self._lag,
            reconnects=reconnects,
            idle=self._idle,
            samples=watched.samples,
            usage=watched.usage,
            core_waits=watched.core_waits,
            broker_wait=self._broker_wait,
            failure=failure,
        )

    def end(self) -> None:
        """Kill what runs. Safe to call again, and from another thread to give the trial up.

        Raises BrokerUnreachable when all is killed but not forgotten there: to be called again.
        """
        self._ended = True
        rig = self._rig
        if rig is not None:
            rig.close()
            self._rig = None

    def _give_up(self, rig: Rig | None) -> None:
        """After an error: leave nothing behind.

        Raises TrialFailed when another thread's `end` was its cause, and BrokerUnreachable as `end` does.
        """
        given_up = self._ended
        # Also after an `end` from another thread: something may have been published behind its back.
        self._rig = rig
        self.end()
        if given_up:
            raise TrialFailed("the trial was given up")

    def _go_on(self) -> None:
        """Raise TrialFailed when another thread called `end` before there was anything to kill."""
        if self._ended:
            raise TrialFailed("the trial was given up")

    def _run(self, rig: Rig) -> Watched:
        sampler = rig.sampler()
        rig.broker_watch.reset()
        sampler.start()
        try:
            self._opened = time.monotonic_ns()
            if self.spec.schedule:
                self._say("saturate")
                self._lag = rig.send_at(self._tasks, self.spec.schedule)
            else:
                rig.open()
                # Not before: who acts on it must find the worker at work.
                self._say("saturate")
            rig.wait(self._tasks, pause=0.01)
            watched = sampler.stop()
        finally:
            sampler.close()
            self._broker_wait = rig.broker_watch.longest()
        rig.check(self._tasks)
        return watched

    def _calibrate(self, rig: Rig, rate: Rate) -> int:
        """Tasks that fill the window, from short pilots of the same kind; `rate` is that of the warm-up."""
        length, slots = self.spec.window * PILOT, self.spec.trial.cell.concurrency
        if slots / rate > LONG_WAVE * self.spec.window:
            return slots  # The fewest waves fill the window many times over; a pilot would take as long as it.
        for _ in range(PILOTS):
            rows = rig.pilot(whole_waves(min(2000, math.ceil(rate * length)), slots))
            rig.open()
            rig.wait(rows, pause=0.002)
            rig.check(rows)
            took = _window(rig.table().part(rows.start, rows.stop))
            rate = len(rows) / took
            if took > length / 2:
                break
        return math.ceil(rate * self.spec.window * MARGIN)

    def _recorded(self, rig: Rig) -> Facts:
        said, model = rig.facts(), self.spec.trial.cell.model
        return Facts(
            pool=model.traits.pool,
            python=said["python"],
            gil=said["gil"],
            hiredis=said["hiredis"],
            start_method=model.traits.start_method,
            prefetch_multiplier=said["prefetch"],
            acks_late=said["acks_late"],
            stores_results=said["stores_results"],
            shares_backend=self.spec.shares_backend,
            result_connections=SHARED_CONNECTIONS if self.spec.shares_backend else None,
            celery=said["celery"],
            kombu=said["kombu"],
            app=rig.app,
            app_settings=rig.app_settings,
        )

    @contextmanager
    def _phase(self, name: str, *, say: bool = True) -> Iterator[None]:
        if say:
            self._say(name)
        began = time.monotonic()
        yield
        self._took[name] = time.monotonic() - began


#: Usage in a window that did not end.
NO_USAGE = Usage(
    user=0.0,
    system=0.0,
    voluntary_switches=0,
    involuntary_switches=0,
    throttled=0.0,
    throttled_periods=0,
    others=0.0,
    steal=0.0,
    sampler=0.0,
    broker=0.0,
)


def whole_waves(tasks: int, slots: int) -> int:
    """Round `tasks` up to fill every slot equally often, and at least twice: a last wave with idle slots would
    lower the throughput of high concurrencies only."""
    return max(2, math.ceil(tasks / slots)) * slots


def _window(spans: SpanTable) -> Seconds:
    return float(spans.finished.max() - spans.started.min()) * NANOSECOND


def _warm_rate(rig: Rig, warm: range) -> Rate:
    """Tasks per second if all bodies took as long as in the warm-up, where every slot ran one at once."""
    began = rig.spans.column(warm, Stamp.STARTED).max()
    longest = (rig.spans.column(warm, Stamp.FINISHED) - began).max() * NANOSECOND
    return len(warm) / max(float(longest), SHORTEST_TASK * len(warm))
