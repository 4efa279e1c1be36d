"""A workload without work: the cost of carrying arguments and results."""

from __future__ import annotations

from typing import Annotated

from workloads.contract import Cost, Within, workload


def _payload(*, argument_bytes: int, result_bytes: int) -> dict[str, object]:
    return {"argument_bytes": argument_bytes, "result_bytes": result_bytes, "payload": "x" * argument_bytes}


def _result(*, result_bytes: int, **_: object) -> str:
    return "x" * result_bytes


def _cost(*, argument_bytes: int, result_bytes: int) -> Cost:
    """Return the cost: a worker holds 4 prefetched messages per slot, and copies while it decodes and encodes."""
    return Cost(held=2e-8 * (argument_bytes + result_bytes), memory=6 * argument_bytes + 3 * result_bytes)


@workload(
    family="messaging",
    gil="held",
    description="Do nothing, with an argument and a result of the sizes you choose.",
    payload=_payload,
    empty=_result,
    cost=_cost,
)
def echo(
    *,
    argument_bytes: Annotated[int, Within(0, 4 * 1024 * 1024, "bytes", "Text sent along with the task")] = 0,
    result_bytes: Annotated[int, Within(0, 4 * 1024 * 1024, "bytes", "Text the task returns")] = 0,
    payload: str = "",
) -> str:
    """Return `result_bytes` ASCII characters. Raises ValueError when `payload` is not `argument_bytes` long."""
    if len(payload) != argument_bytes:
        raise ValueError(f"expected {argument_bytes} characters of payload and got {len(payload)}")
    return "x" * result_bytes
