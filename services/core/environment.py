"""Where a figure was measured: nodes, their machine and their software."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AliasChoices, Field

from services.core.reference_loop import Reference
from services.core.units import Bytes, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Properties of a node that could change a figure."""

    cpu_model: str
    #: Logical processors of the machine, and those this node may run on.
    cores: int
    affinity: int
    #: CPU limit of the node's cgroup in cores; None when it has none.
    quota: float | None
    #: Memory limit of the node's cgroup, or the machine's memory.
    memory_limit: Bytes
    kernel: str
    #: Same on every node that shares a kernel, so that shares a clock.
    boot: str
    python: str
    celery: str
    kombu: str
    gevent: str
    #: The ledger's server, like "redis 8.0.2" or "valkey 9.1.2"; earlier versions stored it as `store`.
    ledger: Annotated[str, Field(validation_alias=AliasChoices("ledger", "store"))]
    #: The server of the broker under test. None: it is the ledger's server too, as in all earlier versions.
    broker: str | None = None

    @property
    def usable_cores(self) -> float:
        """Cores that a measured worker here can really use at once."""
        return self.affinity if self.quota is None else min(float(self.affinity), self.quota)

    @property
    def measured_on(self) -> str:
        """The broker under test, in words."""
        return f"{self.ledger}, also the ledger" if self.broker is None else self.broker


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Enough of a machine to distinguish it from another one, also from inside a container."""

    #: System, release and processor architecture, as in `uname -srm`.
    kernel: str
    #: Physical memory.
    memory: Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A machine or container that can start measured workers, as it announced itself."""

    name: str
    #: Changes when the node's agent is started again: what it measured before is lost.
    instance: str
    fingerprint: Fingerprint
    #: Time of its last announcement.
    seen: Timestamp
    #: The trial it measures now, if any.
    trial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The nodes that took part in an experiment, and what their cores were worth in each block."""

    nodes: tuple[Node, ...]
    #: By block, then node; empty in an experiment of a lab that did not measure it.
    references: tuple[Reference, ...] = ()
