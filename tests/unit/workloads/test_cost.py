"""What workloads declare about the cost of one task."""

from __future__ import annotations

from workloads.contract import Cost, Parameter, Value, Workload
from workloads.registry import discover


def ends(parameter: Parameter) -> tuple[Value, ...]:
    if parameter.choices:
        return parameter.choices
    assert parameter.low is not None and parameter.high is not None
    return parameter.low, parameter.high


def costs(workload: Workload) -> list[Cost]:
    """At the defaults, and with every parameter at its ends."""
    params = [{}, *({one.name: end} for one in workload.parameters for end in ends(one))]
    return [workload.cost(**workload.defaults | changed) for changed in params]


def test_every_built_in_workload_declares_a_cost_for_all_of_its_parameters() -> None:
    for workload in discover().values():
        for cost in costs(workload):
            parts = (cost.held, cost.released, cost.waits, cost.memory)
            assert min(parts) >= 0
            assert sum(parts[:3]) < 60, f"{workload.name}: no body takes a minute"
        assert max(sum((cost.held, cost.released, cost.waits)) for cost in costs(workload)) > 0


def test_what_a_body_does_with_the_gil_agrees_with_its_cost() -> None:
    for workload in discover().values():
        cost = workload.cost(**workload.defaults)
        if workload.gil == "waits":
            assert cost.waits > cost.held or workload.name == "file_write_read"
        elif workload.gil == "released":
            assert cost.released > cost.held
        elif workload.gil == "held":
            assert cost.released == cost.waits == 0
