"""Every key of the ledger. All begin with `lab:`, so the lab can share a server.

Two kinds of keys are made on the broker under test: those of measured workers (`services.broker.redis`), and
`lab:channel:…` by workload `channel`, whose file knows nothing of the lab.
"""

from __future__ import annotations

from typing import Final

#: Prefix of the keys of the lab's own Celery apps (agents, conductor).
CONTROL: Final = "lab:control:"


def node_queue(name: str) -> str:
    """List of the orders to a node, made by kombu."""
    return f"{CONTROL}node.{name}"


def node_binding(name: str) -> str:
    """Set that binds the queue of a node to its exchange, made by kombu."""
    return f"{CONTROL}_kombu.binding.node.{name}"


def node_binding_permanent(name: str) -> str:
    """Return the same for a queue that kombu never deletes by itself."""
    return f"{CONTROL}_kombu.binding_permanent.node.{name}"


#: Sorted set of experiment ids by time of creation.
EXPERIMENTS: Final = "lab:experiments"
#: Sorted set of ids of the experiments that are queued or running, by time of creation.
OPEN: Final = "lab:open"
#: Set of ids of the experiments that are to be cancelled.
CANCEL: Final = "lab:cancel"
#: Hash: id of an experiment that was taken out of the queue because its record cannot be read -> why.
SET_ASIDE: Final = "lab:aside"
#: Written to see whether the store takes writes; gone after a second.
WRITABLE: Final = "lab:writable"
#: List of messages on the lab's own queues that were no orders, JSON, newest first.
REFUSED: Final = "lab:refused"
#: Set of ids of the experiments that are never deleted to make room.
PINNED: Final = "lab:pinned"
#: Set of the names of nodes that ever announced themselves.
NODES: Final = "lab:nodes"
#: List of what was damaged in the store's own files, JSON, oldest first; expires.
DAMAGES: Final = "lab:damages"
#: Held by the one conductor that may measure.
CONDUCTOR: Final = "lab:conductor"


def preset(name: str) -> str:
    """List of the ids of a preset's last experiments, newest first."""
    return f"lab:preset:{name}"


def experiment(id: str) -> str:
    """Record of an experiment, JSON."""
    return f"lab:experiment:{id}"


def plan(id: str) -> str:
    """Plan of an experiment, JSON. Experiments of versions before it was stored have none."""
    return f"lab:experiment:{id}:plan"


def trials(id: str) -> str:
    """Hash: index of a trial -> its result, JSON."""
    return f"lab:experiment:{id}:trials"


def environment(id: str) -> str:
    """Hash: name of a node that took part -> the node, JSON."""
    return f"lab:experiment:{id}:nodes"


def references(id: str) -> str:
    """Hash: block and node -> rates of the reference loop, JSON."""
    return f"lab:experiment:{id}:references"


def now(id: str) -> str:
    """Hash: what is being measured at this moment."""
    return f"lab:experiment:{id}:now"


def timelines(id: str) -> str:
    """Hash: index of a trial -> its timeline, JSON."""
    return f"lab:experiment:{id}:timelines"


def events(id: str) -> str:
    """Stream of what changed about an experiment: `kind`, and `data` as JSON."""
    return f"lab:experiment:{id}:events"


def deleted(key: str) -> str:
    """Return where a key of a deleted experiment is kept, with an expiry, until it is restored."""
    return f"lab:deleted:{key}"


def node(name: str) -> str:
    """Return the key of a node's announcement, JSON; it expires when the node stops announcing itself."""
    return f"lab:node:{name}"


def lease(attempt: str) -> str:
    """Exists as long as the conductor still wants this attempt at a trial; nodes give it up when it is gone."""
    return f"lab:lease:{attempt}"


#: Makes every key that an experiment has, by its id; the record comes first.
OF_EXPERIMENT: Final = (experiment, plan, trials, environment, references, now, timelines, events)


def is_id(text: str) -> bool:
    """Return whether an experiment can have this id: with a colon it would be another of an experiment's keys."""
    return ":" not in text and text.isascii()
