"""The ledger: experiments, the results of their trials, and what is being measured now."""

from __future__ import annotations

import json
import logging
import re
from contextlib import suppress
from dataclasses import replace

from redis.client import Pipeline
from redis.exceptions import WatchError

from services.core.codec import Unreadable, from_json, to_json
from services.core.environment import Environment, Node
from services.core.errors import NotFound
from services.core.experiment import Plan, Record
from services.core.reference_loop import Reference
from services.core.report import Change, CurrentTrial
from services.core.safe_text import plain
from services.core.timeline import Timeline
from services.core.trial import TrialResult
from services.planning import grid
from services.store import events, keys
from services.store.connection import Client, reaching
from services.store.keys import is_id
from services.store.plans import pack, unpack

log = logging.getLogger(__name__)
#: The reason of a trial that failed on disordered tasks, with their number.
_DISORDERED = re.compile(r"(\d+) of \d+ tasks lack a stamp or go back in time")
#: Experiments of a preset that are remembered as such.
KEPT_OF_PRESET = 20


class Experiments:
    """All experiments of the lab. Every method raises StoreUnreachable when Redis does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def add(self, record: Record, plan: Plan) -> bool:
        """Store a new experiment; it is open until `update` stores its end.

        Returns False, and changes nothing, if there is an experiment with this id.
        """
        id = record.experiment.id
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.watch(keys.experiment(id))  # type: ignore[no-untyped-call]  # untyped in redis itself
            if pipe.exists(keys.experiment(id)):
                return False
            pipe.multi()
            _add(pipe, record, plan)
            return _executed(pipe)

    def add_of_preset(self, record: Record, plan: Plan, preset: str, last: str | None) -> bool:
        """Store a new experiment as the last one of a preset.

        Returns False, and changes nothing, if another than `last` is the last one now, or there is one with this id.
        """
        id, key = record.experiment.id, keys.preset(preset)
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.watch(key, keys.experiment(id))  # type: ignore[no-untyped-call]  # untyped in redis itself
            if pipe.lindex(key, 0) != last or pipe.exists(keys.experiment(id)):
                return False
            pipe.multi()
            _add(pipe, record, plan)
            pipe.lpush(key, id)
            pipe.ltrim(key, 0, KEPT_OF_PRESET - 1)
            return _executed(pipe)

    def get(self, id: str) -> Record:
        """Return the record. Raises NotFound, and Unreadable when another version of the lab stored it."""
        if not is_id(id):
            raise NotFound(f"there is no experiment {id}")
        with reaching():
            text = self._client.get(keys.experiment(id))
        if text is None:
            raise NotFound(f"there is no experiment {id}")
        return from_json(Record, text)

    def plan(self, record: Record) -> Plan:
        """Return the plan by which the experiment is measured. Raises Unreadable.

        The plan of an experiment that was stored without one is made again, around the trials that were measured.
        """
        id = record.experiment.id
        with reaching():
            text = self._client.get(keys.plan(id))
        if text is not None:
            return unpack(id, text)
        measured = [result.trial for result in self.trials(id)]
        return grid.around(grid.plan(record.experiment, record.blocks), measured)

    def update(self, record: Record, plan: Plan | None = None) -> None:
        """Replace an experiment's record, and its plan if one is given."""
        id = record.experiment.id
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.set(keys.experiment(id), to_json(record))
            if plan is not None:
                pipe.set(keys.plan(id), pack(plan))
            if record.state.ended:
                pipe.zrem(keys.OPEN, id)
                pipe.srem(keys.CANCEL, id)
                pipe.delete(keys.now(id))
            events.publish(pipe, id, Change.RECORD, json.dumps(record.state))
            pipe.execute()

    def open(self) -> tuple[str, ...]:
        """Ids of the experiments that are queued or running, oldest first."""
        with reaching():
            return tuple(str(id) for id in self._client.zrange(keys.OPEN, 0, -1))

    def save_trial(self, result: TrialResult, timeline: Timeline | None = None) -> None:
        """Keep a trial's result at once. The first result of a trial stays: a trial is never measured twice."""
        id, index = result.trial.experiment, str(result.trial.index)
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.hsetnx(keys.trials(id), index, to_json(result))
            if timeline is not None:
                pipe.hsetnx(keys.timelines(id), index, to_json(timeline))
            events.publish(pipe, id, Change.TRIAL, index)
            pipe.execute()

    def timeline(self, id: str, index: int) -> Timeline:
        """Single tasks of a trial. Raises NotFound when it has not ended, or failed."""
        with reaching():
            text = self._client.hget(keys.timelines(id), str(index)) if is_id(id) else None
        if text is None:
            raise NotFound(f"there is no timeline of trial {index} of experiment {id}")
        return from_json(Timeline, text)

    def of_preset(self, name: str) -> tuple[str, ...]:
        """Ids of the last experiments of a preset, newest first."""
        with reaching():
            return tuple(str(id) for id in self._client.lrange(keys.preset(name), 0, -1))

    def trials(self, id: str) -> tuple[TrialResult, ...]:
        """Results so far, in the order of the plan."""
        with reaching():
            found = self._client.hgetall(keys.trials(id))
        if strange := [index for index in found if re.fullmatch("[0-9]+", str(index)) is None]:
            raise Unreadable(f"not the index of a trial: {plain(strange[0])}")
        return tuple(_result(found[index]) for index in sorted(found, key=int))

    def done(self, id: str) -> int:
        """Return how many of its trials ended."""
        with reaching():
            return int(self._client.hlen(keys.trials(id)))

    def save_nodes(self, id: str, nodes: tuple[Node, ...]) -> None:
        """Keep the nodes that take part, as they are now."""
        with reaching():
            self._client.hset(keys.environment(id), mapping={node.name: to_json(node) for node in nodes})

    def save_reference(self, id: str, reference: Reference) -> None:
        """Store the reference loop of a block on a node, at once; the first one of a block and node stays."""
        with reaching():
            self._client.hsetnx(keys.references(id), f"{reference.block}:{reference.node}", to_json(reference))

    def has_reference(self, id: str, block: int, node: str) -> bool:
        """Return whether the reference loop of that block and node is stored, or the reason why it is missing."""
        with reaching():
            return bool(self._client.hexists(keys.references(id), f"{block}:{node}"))

    def environment(self, id: str) -> Environment:
        """Return the nodes that took part so far, by name, and their reference loops, by block and node."""
        with reaching(), self._client.pipeline(transaction=False) as pipe:
            pipe.hgetall(keys.environment(id))
            pipe.hgetall(keys.references(id))
            nodes, references = pipe.execute()
        return Environment(
            nodes=tuple(from_json(Node, nodes[name]) for name in sorted(nodes)),
            references=tuple(
                sorted(
                    (from_json(Reference, text) for text in references.values()), key=lambda one: (one.block, one.node)
                )
            ),
        )

    def set_now(self, id: str, now: CurrentTrial) -> None:
        """Publish the trial that is being measured now."""
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.set(keys.now(id), to_json(now))
            events.publish(pipe, id, Change.NOW, to_json(now))
            pipe.execute()

    def now(self, id: str) -> CurrentTrial | None:
        """Return the trial that is being measured now, if any."""
        with reaching():
            text = self._client.get(keys.now(id))
        return None if text is None else from_json(CurrentTrial, text)

    def ask_cancel(self, id: str) -> None:
        """Request cancellation; the conductor stops at its next check."""
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.sadd(keys.CANCEL, id)
            events.publish(pipe, id, Change.RECORD, json.dumps("cancelling"))
            pipe.execute()

    def cancel_asked(self, id: str) -> bool:
        """Return whether cancellation of it was requested."""
        with reaching():
            return bool(self._client.sismember(keys.CANCEL, id))

    def to_cancel(self) -> frozenset[str]:
        """Ids of all experiments whose cancellation was requested."""
        with reaching():
            return frozenset(str(id) for id in self._client.smembers(keys.CANCEL))

    def set_aside(self, id: str, reason: str) -> None:
        """Take an experiment whose record cannot be read out of the queue, and keep why. Nothing else is changed."""
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.zrem(keys.OPEN, id)
            pipe.srem(keys.CANCEL, id)
            pipe.hset(keys.SET_ASIDE, id, reason)
            pipe.execute()

    def check_writes(self) -> None:
        """Raise StoreUnreachable, with the reason, if the store takes no writes: it is full, or a replica."""
        with reaching():
            self._client.set(keys.WRITABLE, "1", px=1000)

    def aside(self) -> dict[str, str]:
        """Ids of the experiments that were set aside, each with the reason."""
        with reaching():
            return {str(id): str(reason) for id, reason in sorted(self._client.hgetall(keys.SET_ASIDE).items())}


def _add(pipe: Pipeline, record: Record, plan: Plan) -> None:
    id, created = record.experiment.id, record.experiment.created
    pipe.set(keys.experiment(id), to_json(record))
    pipe.set(keys.plan(id), pack(plan))
    pipe.zadd(keys.EXPERIMENTS, {id: created})
    pipe.zadd(keys.OPEN, {id: created})
    events.publish(pipe, id, Change.RECORD, json.dumps(record.state))


def _executed(pipe: Pipeline) -> bool:
    """Return whether nothing that was watched has changed in the meantime."""
    with suppress(WatchError):
        pipe.execute()
        return True
    return False


def _result(text: str | bytes) -> TrialResult:
    """Return a stored result. Earlier versions stored the number of disordered tasks in the reason only."""
    result = from_json(TrialResult, text)
    if not result.disordered and (found := _DISORDERED.search(result.failure)):
        return replace(result, disordered=int(found[1]))
    return result
