"""A plain `concurrent.futures` script over a workload: `python -m benchmarks.script KIND SLOTS TASKS LOCATION PARAMS`.

What a user would write without Celery and without the lab. KIND is `sequential` (a loop), `threads` or `processes`,
PARAMS the declared parameters as JSON. Prints the seconds that the tasks took, once every slot had run one.
"""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from functools import partial

from services.core.units import Rate, Seconds, Value
from workloads.registry import load


def rate(kind: str, slots: int, tasks: int, location: str, params: Mapping[str, Value]) -> Rate:
    """Return the tasks per second, measured in a fresh process."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.script",
        kind,
        str(slots),
        str(tasks),
        location,
        json.dumps(params),
    ]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return tasks / float(run.stdout)


def one(location: str, params: Mapping[str, Value], _number: int) -> None:
    """Run one task, by the name of its workload: a process pool can only carry names."""
    workload = load(location)
    workload.function(**workload.arguments(params))


def main(kind: str, slots: int, tasks: int, location: str, params: Mapping[str, Value]) -> None:
    """Run the tasks and print their time."""
    task = partial(one, location, params)
    if kind == "sequential":
        task(0)
        print(_timed(map(task, range(tasks))))
        return
    with _executor(kind, slots) as executor:
        # As many at once as there are slots, so that each has one.
        wait([executor.submit(task, number) for number in range(slots)])
        print(_timed(executor.map(task, range(tasks))))


def _executor(kind: str, slots: int) -> Executor:
    if kind == "threads":
        return ThreadPoolExecutor(slots)
    # Fork, as prefork does.
    return ProcessPoolExecutor(slots, mp_context=multiprocessing.get_context("fork"))


def _timed(outcomes: Iterable[None]) -> Seconds:
    began = time.monotonic()
    for _ in outcomes:
        pass
    return time.monotonic() - began


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], json.loads(sys.argv[5]))
