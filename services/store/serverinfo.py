"""Facts that a Redis or Valkey server reports about itself."""

from __future__ import annotations

from services.core.environment import Machine
from services.core.units import Seconds
from services.store.connection import Client, reaching


class ServerInfo:
    """The server of a client. Every method may raise StoreUnreachable."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def run(self) -> str:
        """Return the id of the server's run: a new one after each start."""
        with reaching():
            return str(self._client.info("server")["run_id"])

    def cpu(self) -> Seconds:
        """CPU time that the server and the children that it has waited for have used since its start."""
        with reaching():
            info = self._client.info("cpu")
        kinds = ("user", "sys", "user_children", "sys_children")
        return sum(float(info[f"used_cpu_{kind}"]) for kind in kinds)

    def machine(self) -> Machine:
        """Return the machine on which the server runs, as far as the server reports it."""
        with reaching():
            info = self._client.info("server") | self._client.info("memory")
        return Machine(kernel=str(info.get("os", "")), memory=int(info.get("total_system_memory", 0)))

    def version(self) -> str:
        """Return the server's name and version, like `valkey 9.1.2`."""
        with reaching():
            info = self._client.info("server")
        name = info.get("server_name", "redis")
        return f"{name} {info.get(f'{name}_version', info['redis_version'])}"
