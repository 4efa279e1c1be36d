"""The conductor's orders to a node, as Celery tasks, and their answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from celery import Celery
from celery.result import AsyncResult
from kombu.exceptions import OperationalError

from services.core.codec import Unreadable, from_data, to_data
from services.core.environment import Node
from services.core.errors import LabError, NodeUnreachable, StoreUnreachable, TrialFailed
from services.core.reference_loop import Reference, ReferenceOrder
from services.core.trial import NodeTrial, Prepared, TrialSpec
from services.core.units import Seconds
from services.node.agent import Agent
from services.planning.estimate import PATIENCE
from services.store.connection import reaching
from services.store.nodes import Nodes

T = TypeVar("T")
PREPARE, SATURATE, ABANDON, REFERENCE = "node.prepare", "node.saturate", "node.abandon", "node.reference"
#: Between two looks for an answer, and two looks whether the nodes are still there.
LOOK: Seconds = 0.02
ROLL_CALL: Seconds = 1.0
#: The same for the reference loop, which takes under a second on an idle machine.
REFERENCE_PATIENCE: Seconds = 30.0


def queue(node: str) -> str:
    """Return the queue from which a node takes its orders."""
    return f"node.{node}"


def add_orders(app: Celery, agent: Agent) -> None:
    """Have `agent` answer the orders that reach `app`."""

    def answering(method: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
        def answered(order: Any) -> dict[str, Any]:
            try:
                return {"answer": method(order)}
            except TrialFailed as error:
                return {
                    "failure": f"{error}; {error.lost} tasks lost" if error.lost else str(error),
                    "lost": error.lost,
                }
            except LabError as error:
                return {"trouble": str(error)}

        return answered

    methods: dict[str, Callable[[Any], Any]] = {
        PREPARE: agent.prepare,
        SATURATE: agent.saturate,
        ABANDON: agent.abandon,
        REFERENCE: agent.reference,
    }
    for name, method in methods.items():
        # Without `trail`, or the answer would list every task that was published meanwhile.
        app.task(name=name, shared=False, trail=False)(answering(method))


class NodeOrders:
    """Gives orders to several nodes at once and waits for all answers."""

    def __init__(self, app: Celery, nodes: Nodes, *, roll_call: Seconds = ROLL_CALL) -> None:
        self._roll_call = roll_call
        self._app = app
        self._nodes = nodes

    def prepare(self, specs: Sequence[tuple[Node, TrialSpec]], between: Callable[[], None]) -> list[Prepared]:
        """Order every node to prepare its share. `between` is called while waiting and may raise.

        Raises TrialFailed when the workload or its worker failed; NodeUnreachable when the node did, so that another
        attempt may succeed; StoreUnreachable.
        """
        asked = [(node, self._send(node, PREPARE, to_data(spec))) for node, spec in specs]
        return self._answers(Prepared, asked, between)

    def saturate(self, attempt: str, nodes: Sequence[Node], between: Callable[[], None]) -> list[NodeTrial]:
        """Order every node to open its queue, all at once. Raises as `prepare`."""
        asked = [(node, self._send(node, SATURATE, attempt)) for node in nodes]
        return self._answers(NodeTrial, asked, between)

    def reference(self, node: Node, asked: ReferenceOrder, between: Callable[[], None]) -> Reference:
        """Order a node to measure the reference loop. `between` is called while waiting and may raise.

        Raises NodeUnreachable when the loop could not be measured; StoreUnreachable.
        """
        sent = (node, self._send(node, REFERENCE, to_data(asked)))
        (reference,) = self._answers(Reference, [sent], between, patience=REFERENCE_PATIENCE)
        return reference

    def abandon(self, attempt: str, nodes: Sequence[Node]) -> None:
        """Order every node to give an attempt up, without waiting for it. Raises StoreUnreachable."""
        for node in nodes:
            self._send(node, ABANDON, attempt, ignore_result=True)

    def _send(self, node: Node, order: str, argument: object, *, ignore_result: bool = False) -> AsyncResult:
        try:
            return self._app.send_task(
                order,
                args=(argument,),
                queue=queue(node.name),
                argsrepr="…",
                retry=False,
                ignore_result=ignore_result,
            )
        except OperationalError as error:
            raise StoreUnreachable(f"Redis does not answer: {error}") from error

    def _answers(
        self,
        kind: type[T],
        asked: Sequence[tuple[Node, AsyncResult]],
        between: Callable[[], None],
        *,
        patience: Seconds = PATIENCE,
    ) -> list[T]:
        answers = [self._answer(node, result, between, patience) for node, result in asked]
        with reaching():
            for _, result in asked:
                result.forget()
        for (node, _), answer in zip(asked, answers, strict=True):
            if "trouble" in answer:
                raise NodeUnreachable(f"node {node.name} could not go on: {answer['trouble']}")
        failures = [(answer["failure"], answer["lost"]) for answer in answers if "failure" in answer]
        if failures:
            raise TrialFailed("; ".join(failure for failure, _ in failures), lost=sum(lost for _, lost in failures))
        try:
            return [from_data(kind, answer["answer"]) for answer in answers]
        except Unreadable as error:
            raise NodeUnreachable(f"an answer cannot be read, is a node of another version? {error}") from error

    def _answer(
        self, node: Node, result: AsyncResult, between: Callable[[], None], patience: Seconds
    ) -> dict[str, Any]:
        deadline = time.monotonic() + patience
        roll_call = time.monotonic() + self._roll_call
        while True:
            with reaching():
                state = result.state
                if state == "SUCCESS":
                    found: dict[str, Any] = result.result
                    return found
            if state == "FAILURE":
                raise NodeUnreachable(f"node {node.name} could not answer: {result.result!r}")
            between()
            if time.monotonic() > roll_call:
                self._call(node)
                roll_call = time.monotonic() + self._roll_call
            if time.monotonic() > deadline:
                raise NodeUnreachable(f"node {node.name} gave no answer for {patience:.0f} s")
            time.sleep(LOOK)

    def _call(self, node: Node) -> None:
        """Return the answer to an order. Raises NodeUnreachable when the node, or the agent that took it, is gone."""
        if not any(one.instance == node.instance for one in self._nodes.present()):
            raise NodeUnreachable(f"node {node.name} is gone")
