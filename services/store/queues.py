"""A measured worker's queue: opened all at once when it is full, and forgotten when the trial is over."""

from __future__ import annotations

import json

from services.core.units import Seconds
from services.store.connection import Client, reaching

#: Where tasks wait until the queue opens.
FILLING = ".filling"


class Queues:
    """The queues of measured workers. Every method raises StoreUnreachable."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def open(self, prefix: str, queue: str) -> None:
        """Let the worker see, in one atomic step, all that was published to `queue` + FILLING.

        A rename wakes the worker's blocked BRPOP at once; a consumer added to another queue would wait until the
        BRPOP on the first times out, up to 1 s (docs/adr/0004).
        """
        with reaching():
            self._client.rename(f"{prefix}{queue}{FILLING}", f"{prefix}{queue}")

    def outcome(self, prefix: str, task: str) -> tuple[bool, object] | None:
        """Whether a measured task succeeded, and its result or its error; None while nothing is stored."""
        with reaching():
            text = self._client.get(f"{prefix}celery-task-meta-{task}")
        if text is None:
            return None
        stored = json.loads(text)
        return stored["status"] == "SUCCESS", stored["result"]

    def forget(self, prefix: str) -> None:
        """Delete all that the measured worker and its publisher left under `prefix`."""
        with reaching():
            batch: list[str] = []
            for key in self._client.scan_iter(match=f"{_literal(prefix)}*", count=5000):
                batch.append(key)
                if len(batch) == 1000:
                    self._client.unlink(*batch)
                    batch.clear()
            if batch:
                self._client.unlink(*batch)

    def server_cpu(self) -> Seconds:
        """CPU time that the server has used since it was started, for whomever."""
        with reaching():
            info = self._client.info("cpu")
        return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])

    def server(self) -> str:
        """The server's name and version, like `valkey 9.1.2`."""
        with reaching():
            info = self._client.info("server")
        name = info.get("server_name", "redis")
        return f"{name} {info.get(f'{name}_version', info['redis_version'])}"


def _literal(text: str) -> str:
    """`text` as a SCAN pattern that matches nothing else."""
    return "".join(f"\\{letter}" if letter in "*?[]\\" else letter for letter in text)
