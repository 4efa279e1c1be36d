"""A measured worker's queue: opened all at once when it is full, and forgotten when the trial is over."""

from __future__ import annotations

import json

from services.core.environment import Machine
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

    def ping(self) -> None:
        """Return when the server has answered."""
        with reaching():
            self._client.ping()

    def server_cpu(self) -> Seconds:
        """CPU time that the server and the children that it has waited for have used since its start."""
        with reaching():
            info = self._client.info("cpu")
        kinds = ("user", "sys", "user_children", "sys_children")
        return sum(float(info[f"used_cpu_{kind}"]) for kind in kinds)

    def server_machine(self) -> Machine:
        """The machine on which the server runs, as far as the server reports it."""
        with reaching():
            info = self._client.info("server") | self._client.info("memory")
        return Machine(kernel=str(info.get("os", "")), memory=int(info.get("total_system_memory", 0)))

    def server(self) -> str:
        """The server's name and version, like `valkey 9.1.2`."""
        with reaching():
            info = self._client.info("server")
        name = info.get("server_name", "redis")
        return f"{name} {info.get(f'{name}_version', info['redis_version'])}"


def _literal(text: str) -> str:
    """`text` as a SCAN pattern that matches nothing else."""
    return "".join(f"\\{letter}" if letter in "*?[]\\" else letter for letter in text)
