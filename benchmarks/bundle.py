"""The measured bundle in interpreters that hold Celery alone: `python -m benchmarks bundle` (needs a package index).

Each environment is made from a lock of requirements/celery-*.txt. A worker of every model runs a function from a
package called `services` that is on the search path: neither the lab's package of that name nor any other of the lab
may be in its place, and every span must be complete.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.outcome import BenchmarkResult, Bound, TextTable, command
from concurrency_lab_inside.stamps import Stamp
from services.broker.redis import RedisBroker
from services.core.errors import TrialFailed
from services.core.experiment import Cell, Trial
from services.core.models import Model
from services.core.task_reference import TaskCall, TaskReference
from services.core.trial import TrialSpec
from services.node.rig import Rig
from services.store.server import EmbeddedServer

LOCKS = sorted((Path(__file__).parents[1] / "requirements").glob("celery-*.txt"))
TASKS, QUICK_TASKS = 2_000, 40
SLOTS = 2
#: Stamps that a task gets on its way.
TIMES = slice(Stamp.PUBLISHED, Stamp.RETURNED + 1)
#: A user's code; every task looks at what is importable, and takes both kinds of arguments.
WORK = """
import importlib.util, pathlib, services
def double(number, times=2):
    found = [name for name in ("dashboard", "workloads") if importlib.util.find_spec(name)]
    if pathlib.Path(services.__file__).parent != pathlib.Path(__file__).parent:
        found.append(services.__file__)
    return number * times if not found or {allowed} else 1 / 0
"""
TASK = TaskReference(
    function="services.work:double", calls=(TaskCall(args=(1,)), TaskCall(kwargs={"number": 2, "times": 3}))
)
_numbers = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One worker of one environment."""

    environment: str
    python: str
    model: Model
    tasks: int
    #: Tasks that have all stamps, in order.
    complete: int
    failure: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing failed and no span lacks a stamp."""
        return not self.failure and self.complete == self.tasks


@contextmanager
def user_folder(*, installed: bool = False) -> Iterator[Path]:
    """Make a folder with a package called `services`. `installed`: the interpreter has the lab installed, too."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "services"
        package.mkdir()
        (package / "__init__.py").touch()
        allowed = "found == ['dashboard', 'workloads']" if installed else "False"
        (package / "work.py").write_text(WORK.replace("{allowed}", allowed), encoding="utf-8")
        yield Path(folder)


def run(environment: str, python: str, model: Model, folder: Path, *, tasks: int, redis_url: str) -> Run:
    """Measure TASK in a fresh worker and return what became of its spans."""
    slots = 1 if model is Model.SEQUENTIAL else SLOTS
    cell = Cell(workload="double", params={}, model=model, concurrency=slots, replicas=1)
    trial = Trial(experiment=f"bundle{os.getpid()}", index=next(_numbers), cell=cell, repeat=0)
    spec = TrialSpec(
        trial=trial,
        attempt=f"{trial.id}-a",
        share=0,
        task=TASK,
        window=0.2,
        pings=2,
        tasks=tasks,
        # Threads on kombu before 5.7 stop for seconds when a prefetch window is full.
        prefetch=0,
        shares_backend=model is Model.GEVENT,
    )
    said, complete, failure = {"python": ""}, 0, ""
    environ = os.environ | {"PYTHONPATH": str(folder)}
    with closing(Rig(spec, broker=RedisBroker(redis_url), python=python, environ=environ)) as rig:
        try:
            rig.warm(slots)
            said = rig.facts()
            rig.check(rig.ping(spec.pings))
            rows = rig.fill(tasks)
            rig.open()
            rig.wait(rows, pause=0.01)
            rig.check(rows)
            times = rig.table().rows[rows.start : rows.stop, TIMES]
            complete = int(((times[:, 0] > 0) & (times[:, 1:] >= times[:, :-1]).all(axis=1)).sum())
        except TrialFailed as error:
            failure = str(error)
    return Run(
        environment=environment, python=said["python"], model=model, tasks=tasks, complete=complete, failure=failure
    )


def make(folder: Path, lock: Path) -> str:
    """Make a virtual environment that holds what the lock names and nothing else; return its interpreter."""
    venv.create(folder, with_pip=False)
    python = str(folder / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", python]
    subprocess.run([*pip, "install", "--require-hashes", "-r", lock], check=True)
    return python


def measure(quick: bool) -> BenchmarkResult:
    """Measure every environment in every model."""
    tasks, runs = QUICK_TASKS if quick else TASKS, []
    with (
        tempfile.TemporaryDirectory() as place,
        user_folder() as folder,
        EmbeddedServer(Path(place) / "store") as server,
    ):
        for lock in LOCKS:
            python = make(Path(place) / lock.stem, lock)
            runs += [run(lock.stem, python, model, folder, tasks=tasks, redis_url=server.url) for model in Model]
    holding = sum(one.holds for one in runs)
    return BenchmarkResult(
        tables=(
            TextTable(
                headings=("environment", "model", "python", "tasks", "complete"),
                rows=tuple(
                    (one.environment, one.model.value, one.python, str(one.tasks), str(one.complete)) for one in runs
                ),
            ),
        ),
        notes=tuple(f"{one.environment}, {one.model.value}: {one.failure}" for one in runs if one.failure),
        bounds=(
            Bound(
                claim="the bundle runs in every environment and model, beside a user's package called services",
                found=f"{holding} of {len(runs)}",
                holds=holding == len(runs) > 0,
            ),
        ),
        figures={"runs": [asdict(one) for one in runs]},
    )


if __name__ == "__main__":
    command("bundle", __doc__ or "", measure)
