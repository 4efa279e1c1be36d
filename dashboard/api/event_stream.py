"""REST: changes of an experiment as they happen (server-sent events, WHATWG HTML section 9.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from threading import BoundedSemaphore
from typing import Final

from flask import Blueprint, Response, abort, request

from services.core.errors import InvalidRequest, Problem, StoreUnreachable
from services.core.experiment import State
from services.core.report import Change, Event
from services.core.units import Seconds
from services.lab.door import Lab

#: Streams at once; each holds a thread of the server while a client follows.
STREAMS: Final = 32
#: Longest silence: who went away is noticed when the next comment cannot be sent. Less than the store's own patience.
PATIENCE: Final[Seconds] = 3.0
#: Milliseconds after which a browser that lost the stream asks for it again.
RETRY: Final = 1000

_STILL_HERE: Final = ": still here\n\n"
_ENDED: Final = tuple(state.value for state in State if state.ended)


def blueprint(lab: Lab, *, streams: int) -> Blueprint:
    """Return the route `/api/v1/experiments/ID/events`, for `streams` clients at once at most."""
    api = Blueprint("api_events", __name__, url_prefix="/api/v1/experiments")
    places = BoundedSemaphore(streams)

    @api.get("/<id>/events")
    def follow(id: str) -> Response:
        """Goes on after the event in Last-Event-ID, or in ?after= where no header can be set; else after the latest."""
        after = request.headers.get("Last-Event-ID") or request.args.get("after") or lab.last_event(id)
        ended = lab.state(id).ended  # After the latest event: an end between the two is still sent.
        missed = _missed(lab, id, after)
        if not places.acquire(blocking=False):
            abort(503, f"Too many open event streams (limit {streams}). Poll the report instead")
        response = Response(_messages(lab, id, after, missed, ended=ended), mimetype="text/event-stream")
        # Not in the generator: one that was never read is never closed.
        response.call_on_close(places.release)
        # A proxy that collects before it passes on would make a film of it, afterwards.
        response.headers["X-Accel-Buffering"] = "no"
        return response

    return api


def _missed(lab: Lab, id: str, after: str) -> tuple[Event, ...]:
    """Return the events since then, at once. Raises InvalidRequest while the response can still have that status."""
    try:
        return lab.events(id, after, patience=0)
    except ValueError:
        allowed = "must be the id of an event, as in 1795000000000-0"
        raise InvalidRequest([Problem("Last-Event-ID", after, allowed)]) from None


def _messages(lab: Lab, id: str, after: str, events: tuple[Event, ...], *, ended: bool) -> Iterator[str]:
    """Yield the stream, until the experiment has ended.

    It ends when the store is lost: a follower asks again, and the answer has the reason.
    """
    yield f"retry: {RETRY}\n\n"
    with suppress(StoreUnreachable):
        while True:
            for event in events:
                yield f"id: {event.id}\nevent: {event.change}\ndata: {event.data}\n\n"
                after, ended = event.id, ended or _ends(event)
            if ended:
                yield "event: end\ndata: null\n\n"
                return
            events = lab.events(id, after, patience=PATIENCE)
            if not events:
                yield _STILL_HERE


def _ends(event: Event) -> bool:
    """Return whether the experiment has ended; "cancelling" is no state, so the stream continues."""
    return event.change is Change.RECORD and json.loads(event.data) in _ENDED
