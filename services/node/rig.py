"""A running measured worker with its span table and its publisher: what the phases of a trial use."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from concurrency_lab_inside.app import FACTS, Wiring, create_app
from concurrency_lab_inside.stamps import Outcome, Stamp
from services.analysis.trial.spans import SpanTable
from services.broker.answering import PATIENCE, until_answered
from services.broker.contract import Broker, Place
from services.broker.private import private_broker
from services.core.codec import Unreadable
from services.core.errors import NotFound, TrialFailed
from services.core.task_reference import OwnTask, Registration, TaskReference
from services.core.trial import TrialSpec
from services.core.units import Seconds
from services.node.brokerwatch import BrokerWatch
from services.node.companions import companions
from services.node.fingerprint import this_machine
from services.node.publisher import Publisher
from services.node.sampler import Sampler, ServerCpu
from services.node.spanfile import SpanFile
from services.node.stall import LONGEST, USUAL, StallLimits, StallWatch, tree_cpu
from services.node.trialfolder import VARIABLE, trial_folder
from services.node.worker import MeasuredWorker
from services.node.worker_launch import Launch

QUEUE = "tasks"


def _no_registration(name: str) -> Registration:
    """Refuse every name: a node without registrations."""
    raise NotFound(f"no task {name!r} is registered on this node")


def _task(spec: TrialSpec, own: Callable[[str], Registration]) -> TaskReference | Registration:
    """Return what the worker runs. Raises TrialFailed for a task that is not registered here."""
    if not isinstance(spec.task, OwnTask):
        return spec.task
    try:
        return own(spec.task.registered)
    except (NotFound, Unreadable) as error:
        raise TrialFailed(str(error)) from error


class Rig:
    """The processes and files of one share of a trial; `close` ends them and may be called from another thread."""

    def __init__(
        self,
        spec: TrialSpec,
        *,
        broker: Broker,
        ledger: ServerCpu | None = None,
        own: Callable[[str], Registration] = _no_registration,
        python: str = sys.executable,
        environ: Mapping[str, str] = os.environ,
        patience: Seconds = PATIENCE,
        limits: StallLimits = USUAL,
    ) -> None:
        """`ledger` is the ledger's server where that is another one than the broker's.

        A broker that does not answer is awaited for `patience`. `own` returns what a name of a user's task means on
        this node; it raises NotFound, and then the trial fails. Such a task gets a broker of its own instead of
        `broker`. The worker of a workload runs in the interpreter `python`; its environment is `environ` and what the
        lab adds.
        """
        self._ledger = ledger
        self.extend()
        self._place = Place(attempt=spec.attempt, share=spec.share)
        task = _task(spec, own)
        cell = spec.trial.cell
        # Rows of the tasks of the warm-up, which are the first.
        self._warmed = 0
        self._own = isinstance(task, Registration)
        self.limits = limits.of_own(task.seconds, cell.concurrency) if isinstance(task, Registration) else limits
        #: The user's application; empty for a workload.
        self.app = task.application if isinstance(task, Registration) else ""
        #: Calls of a user's task that are left; None: a workload.
        self._agreed = task.most_per_trial if isinstance(task, Registration) else None
        prefetch = task.prefetch(cell.model, cell.prefetch) if isinstance(task, Registration) else spec.prefetch
        kept = ("task_acks_late", "worker_prefetch_multiplier") if prefetch is None else ("task_acks_late",)
        #: The settings of the user's application that stay; empty for a workload.
        self.app_settings = kept if self._own else ()
        with ExitStack() as held:
            # Billiard makes a folder there that a killed prefork worker cannot remove.
            folder = held.enter_context(trial_folder())
            self._broker = broker = self._awaited_broker(broker, Path(folder), patience, held)
            added = {"TMPDIR": folder, VARIABLE: folder}
            if isinstance(task, Registration):
                launch = Launch.of_own(task, environ, added, address=broker.address)
            else:
                added |= held.enter_context(companions(task.companions, redis_url=broker.address))
                launch = Launch.of_workload(task, {**environ, **added}, python=python)
            self.spans = SpanFile()
            held.callback(self.spans.close)
            wiring = Wiring(
                address=broker.address,
                options=broker.options(self._place),
                queue=QUEUE,
                prefetch=prefetch,
                shares_backend=spec.shares_backend,
            )
            app = create_app(wiring, stores_results=False)
            self._publisher = Publisher(app, QUEUE, broker.filling(QUEUE), task, self.spans)
            held.callback(self._publisher.close)
            self.worker = MeasuredWorker(
                cell,
                wiring,
                name=f"{spec.attempt}-{spec.share}@lab",
                launch=launch,
                table=self.spans.file,
                shows_log=self._shows_log,
            )
            held.callback(self.worker.kill)
            # Everything has started: from here on `close` ends it.
            self._held = held.pop_all()

    def _awaited_broker(self, usual: Broker, folder: Path, patience: Seconds, held: ExitStack) -> Broker:
        """Return the broker of the trial once it answers, and watch it; a user's task has one of its own."""
        broker = held.enter_context(private_broker(folder / "broker")) if self._own else usual
        until_answered(broker.version, patience=patience)
        self.broker_watch = BrokerWatch(broker.ping)
        self.broker_watch.start()
        held.callback(self.broker_watch.stop)
        return broker

    def extend(self) -> None:
        """Allow the work that follows LONGEST seconds from now."""
        self._deadline = time.monotonic() + LONGEST

    def warm(self, slots: int) -> range:
        """Run one task in every slot at once; return when all have ended."""
        self._use(slots)
        self._warmed = slots
        rows = self._publisher.warm(slots)
        self.wait(rows, pause=0.005)
        self.check(rows)
        return rows

    @property
    def address(self) -> str:
        """URL of the broker under test; with a password."""
        return self._broker.address

    def id(self, row: int) -> str:
        """Return the id of the task with this row."""
        return self._publisher.id(row)

    def facts(self) -> dict[str, Any]:
        """Return the facts that a slot reports. Raises TrialFailed when none does."""
        self._publisher.ask_facts()
        watch = self._watch()
        while (stored := self._broker.outcome(self._place, FACTS)) is None:
            self._still_at_work(watch, 0, 1)
            time.sleep(0.002)
        facts: Any = stored[1]
        return dict(facts)

    def ping(self, count: int) -> range:
        """Run `count` empty tasks, one in flight at a time."""
        rows = [self._one_ping() for _ in range(count)]
        return range(rows[0].start, rows[-1].stop)

    def fill(self, count: int) -> range:
        """Publish `count` tasks that wait until `open`; fewer where the user agreed to fewer calls."""
        return self._publisher.fill(self._use(count if self._agreed is None else min(count, self._agreed)))

    def pilot(self, count: int) -> range:
        """Publish as `fill` does, and leave most of the agreed calls for the window."""
        return self.fill(count if self._agreed is None else min(count, max(1, self._agreed // 4)))

    def reserve(self, count: int) -> range:
        """Rows for tasks that `send_at` sends. Raises TrialFailed where the user agreed to fewer calls."""
        return self._publisher.reserve(self._use(count))

    def send_at(self, rows: range, times: Sequence[Seconds]) -> Seconds:
        """Send at planned times, from now; returns how late the latest was.

        Raises TrialFailed when the worker dies or the broker is lost.
        """
        return self._publisher.send_at(rows, times, self._check_processes)

    def open(self) -> None:
        """Let the worker have what was filled."""
        self._broker.open(self._place, QUEUE)

    def wait(self, rows: range, *, pause: Seconds) -> None:
        """Wait until the outcomes of all rows are back. Raises TrialFailed when that can no longer happen."""
        watch = self._watch()
        try:
            while (back := self.spans.count(rows, Stamp.RETURNED)) < len(rows):
                self._still_at_work(watch, back, len(rows))
                time.sleep(pause)
        except TrialFailed as error:
            lost = len(rows) - self.spans.count(rows, Stamp.FINISHED)
            raise TrialFailed(str(error), lost=lost) from error

    def check(self, rows: range) -> None:
        """Raise TrialFailed when a body raised, was ended at its time limit, or its slot died."""
        outcomes = self.table().part(rows.start, rows.stop).outcome
        if late := int((outcomes == Outcome.TIMED_OUT).sum()):
            raise TrialFailed("a task was ended at its hard time limit", lost=late)
        if lost := int((outcomes == Outcome.SLOT_LOST).sum()):
            raise TrialFailed(f"a slot died{self.worker.lacked_memory()}{self.worker.last_words()}", lost=lost)
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome == Outcome.RAISED:
                raise TrialFailed(f"the {'task' if self._own else 'workload'} raised {self._error(row)}")

    def sampler(self) -> Sampler:
        """Return a sampler of the worker and of the lab's servers. Raises BrokerUnreachable, StoreUnreachable.

        A container does not see the processes of another one, so the machines are compared: kernel and memory size.
        A broker on a second machine that is the same in both is taken for one on this host.
        """
        broker = ServerCpu(read=self._broker.cpu, here=self._broker.machine() == this_machine())
        return Sampler(self.worker.pid, broker, ledger=self._ledger)

    def table(self) -> SpanTable:
        """Return a copy of all rows so far."""
        return SpanTable(self.spans.read())

    def close(self) -> None:
        """Kill the worker and leave nothing behind.

        Raises BrokerUnreachable when it can be forgotten there only later: to be called again.
        """
        self._held.close()
        if not self._own:
            self._broker.forget(self._place)

    def _use(self, count: int) -> int:
        """Take `count` calls from those that the user agreed to. Raises TrialFailed when there are fewer."""
        if self._agreed is not None:
            if not 0 < count <= self._agreed:
                raise TrialFailed(
                    f"this needs {count or 'more'} calls of the task, and its user agreed to {self._agreed} more"
                )
            self._agreed -= count
        return count

    def _shows_log(self) -> bool:
        """Return whether messages may quote the worker's log: a user's task prints and raises what it gets."""
        return not (self._own and self.spans.count(range(self._warmed), Stamp.RECEIVED))

    def _check_processes(self) -> None:
        """Raise TrialFailed when the worker ended, or the broker is lost."""
        self.broker_watch.check()
        self.worker.check()

    def _watch(self) -> StallWatch:
        return StallWatch(lambda: tree_cpu(self.worker.pid), self._deadline, limits=self.limits)

    def _still_at_work(self, watch: StallWatch, back: int, wanted: int) -> None:
        """Raise TrialFailed when the worker ended or stopped, with its log's last lines, or when the broker is lost."""
        self._check_processes()
        try:
            watch.check(back, wanted)
        except TrialFailed as error:
            raise TrialFailed(f"{error}{self.worker.last_words()}") from error

    def _error(self, row: int) -> str:
        _, error = self._broker.outcome(self._place, self.id(row)) or (False, None)
        if not isinstance(error, dict):
            return "an error that is not on the broker"
        if self._own:
            # Its message may hold arguments: they are in no report.
            return str(error["exc_type"])
        said = error["exc_message"]
        return f"{error['exc_type']}: {' '.join(map(str, said)) if isinstance(said, list) else said}"

    def _one_ping(self) -> range:
        rows = self._publisher.ping()
        self.wait(rows, pause=0.0002)
        return rows
