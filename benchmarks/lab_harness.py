"""A whole lab for one benchmark, with an empty data folder."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.outcome import say
from services.analysis import report
from services.cli.serve import SERVE
from services.core.environment import Environment, Node
from services.core.experiment import Plan, Record, State
from services.core.report import Report
from services.core.settings import Settings
from services.core.trial import TrialResult
from services.core.units import Seconds
from services.lab.one_machine import Local
from services.lab.root.one_machine import local_lab
from services.store.connection import connect
from services.store.experiments import Experiments

#: Time between two polls: polling takes CPU from the measurement.
POLL_INTERVAL: Seconds = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedExperiment:
    """A finished experiment, as the lab has stored it."""

    record: Record
    plan: Plan
    results: tuple[TrialResult, ...]
    environment: Environment

    @property
    def report(self) -> Report:
        """Return the lab's report, by the present rules."""
        ended = self.record.ended or 0.0
        return report.build(self.record, self.plan, self.results, self.environment, now=None, time=ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReading:
    """Progress at one moment of the monotonic clock."""

    at: Seconds
    done: int
    left: Seconds | None


class OwnLab:
    """A lab with ledger, conductor and node; no dashboard."""

    def __init__(self, local: Local) -> None:
        self._local = local
        self._ledger = Experiments(connect(local.redis_url))

    @property
    def broker_url(self) -> str:
        """Address of the broker under test."""
        return self._local.broker_url

    @property
    def redis_url(self) -> str:
        """Of its store."""
        return self._local.redis_url

    def nodes(self) -> tuple[Node, ...]:
        """Return the nodes that are present."""
        return tuple(self._local.lab.nodes())

    def measure(self, workload: str, **asked: object) -> EndedExperiment:
        """Submit an experiment and wait for its end. Raises RuntimeError when no trial of it finished."""
        id = self._submit(workload, asked)
        while not self._ledger.get(id).state.ended:
            self._local.tick()
            time.sleep(POLL_INTERVAL)
        return self._measured(id)

    def watch(self, workload: str, **asked: object) -> tuple[EndedExperiment, tuple[ProgressReading, ...]]:
        """Do the same, and return the progress that a user sees on the way."""
        id, seen = self._submit(workload, asked), []
        while not (now := self._local.lab.report(id)).state.ended:
            seen.append(ProgressReading(at=time.monotonic(), done=now.progress.done, left=now.progress.seconds_left))
            self._local.tick()
            time.sleep(POLL_INTERVAL)
        return self._measured(id), tuple(seen)

    def _submit(self, workload: str, asked: Mapping[str, object]) -> str:
        return self._local.lab.submit({"workload": workload, **asked}).experiment.id

    def _measured(self, id: str) -> EndedExperiment:
        record = self._ledger.get(id)
        if record.state is not State.FINISHED:
            raise RuntimeError(f"the experiment {record.state}: {record.reason}")
        return EndedExperiment(
            record=record,
            plan=self._ledger.plan(record),
            results=self._ledger.trials(id),
            environment=self._ledger.environment(id),
        )


@contextmanager
def own_lab() -> Iterator[OwnLab]:
    """Start the lab, and end it after the block."""
    settings = Settings(redis_url=None, bind="127.0.0.1:8000", node="bench")
    with (
        tempfile.TemporaryDirectory(prefix="lab-bench-") as folder,
        local_lab(Path(folder), settings, serve=SERVE, dashboard=False, say=say) as local,
    ):
        yield OwnLab(local)
