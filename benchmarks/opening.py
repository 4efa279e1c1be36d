"""Measure how long a full queue takes to reach a waiting worker: by `add_consumer` and by a rename (docs/adr/0004).

Run as `python -m benchmarks.opening`. The worker started for it runs the same module as a Celery app.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from celery import Celery
from redis import Redis

from services.store.server import EmbeddedServer

POOLS = ("solo", "threads", "gevent", "prefork")
TURNS = 8


def create_app(url: str) -> Celery:
    """Return an app with one task that records when it ran."""
    app = Celery("opening", broker=url, set_as_current=False)

    @app.task(name="note")
    def note(place: str) -> None:
        written = Path(f"{place}.new")
        written.write_text(str(time.monotonic()))
        written.rename(place)

    return app


class Bench:
    """A worker that waits on queue `first`, with two ways to give it work."""

    def __init__(self, url: str, folder: Path) -> None:
        self._app = create_app(url)
        self._redis = Redis.from_url(url)
        self._folder = folder
        self._turns = 0

    def by_add_consumer(self) -> float:
        """Seconds from the order to the task."""
        queue = f"second-{self._turns}"
        place = self._fill(queue)
        began = time.monotonic()
        self._app.control.broadcast("add_consumer", arguments={"queue": queue})
        return self._noted(place) - began

    def by_rename(self) -> float:
        """Seconds from the order to the task."""
        place = self._fill("first.filling")
        began = time.monotonic()
        self._redis.rename("first.filling", "first")
        return self._noted(place) - began

    def _fill(self, queue: str) -> Path:
        self._turns += 1
        place = self._folder / str(self._turns)
        self._app.send_task("note", args=(str(place),), queue=queue)
        # The order comes at any moment of the worker's wait.
        time.sleep(random.random())
        return place

    def _noted(self, place: Path, patience: float = 20.0) -> float:
        deadline = time.monotonic() + patience
        while not place.exists():
            if time.monotonic() > deadline:
                raise TimeoutError(f"no task ran within {patience:g} s")
            time.sleep(0.0005)
        return float(place.read_text())


def measure(pool: str, url: str, folder: Path) -> tuple[list[float], list[float]]:
    """Measure both ways in turns."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.opening",
        "worker",
        "-P",
        pool,
        "-c",
        "2",
        "-Q",
        "first",
        "-l",
        "ERROR",
    ]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    worker = subprocess.Popen(
        command, env={**os.environ, "LAB_OPENING": url}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        bench = Bench(url, folder)
        bench.by_rename()
        turns = [(bench.by_add_consumer(), bench.by_rename()) for _ in range(TURNS)]
    finally:
        worker.kill()
        worker.wait()
    return [turn[0] for turn in turns], [turn[1] for turn in turns]


def main() -> None:
    """Print the table."""
    print(f"{'pool':<10}{'add_consumer':>22}{'rename':>22}   median (largest) of {TURNS}")
    for pool in POOLS:
        with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder) / "store") as server:
            added, renamed = measure(pool, server.url, Path(folder))
        columns = [f"{statistics.median(times):.4f} s ({max(times):.4f} s)" for times in (added, renamed)]
        print(f"{pool:<10}{columns[0]:>22}{columns[1]:>22}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        from celery import maybe_patch_concurrency

        maybe_patch_concurrency(sys.argv)
        create_app(os.environ["LAB_OPENING"]).worker_main(sys.argv[1:])
    else:
        main()
