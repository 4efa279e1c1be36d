"""The lab's workloads and the registered tasks, as one registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.core.codec import Unreadable
from services.core.errors import NotFound
from services.core.task_reference import Registration
from services.own.registrations import Registrations
from workloads.contract import Cost, Workload


class AllWorkloads(Mapping[str, Workload]):
    """Reads the registrations at each look-up: a task can be registered while the lab runs."""

    def __init__(self, built_in: Mapping[str, Workload], registrations: Registrations) -> None:
        self._built_in = built_in
        self._registrations = registrations

    def __getitem__(self, name: str) -> Workload:
        if name in self._built_in:
            return self._built_in[name]
        try:
            return as_workload(self._registrations.get(name))
        except (NotFound, Unreadable) as error:
            raise KeyError(name) from error

    def __iter__(self) -> Iterator[str]:
        yield from self._built_in
        yield from self._registrations.names()

    def __len__(self) -> int:
        return sum(1 for _ in self)


def as_workload(registration: Registration) -> Workload:
    """Return a registered task as a workload without parameters. What it costs is what its one tried call took."""
    seconds = registration.seconds

    def cost() -> Cost:
        # Whether it computes or waits is what the experiment is to find out; computing is the longer estimate.
        return Cost(held=seconds)

    return Workload(
        name=registration.name,
        family="own tasks",
        description=f"The task {registration.task} of {registration.app}, with the arguments it was registered with.",
        gil="mixed",
        function=_elsewhere,
        parameters=(),
        payload=_no_parameters,
        empty=_elsewhere,
        services=frozenset(),
        returns="",
        cost=cost,
        failure_shows="",
        own=True,
        soft_time_limit=registration.soft_time_limit,
        time_limit=registration.time_limit,
    )


def _no_parameters() -> dict[str, object]:
    return {}


def _elsewhere(**_: object) -> None:
    """Refuse to run: only the measured worker imports a user's code."""
    raise NotImplementedError("a user's task runs in a measured worker only")
