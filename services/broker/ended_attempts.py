"""Removes what killed processes of the lab left on the broker under test."""

from __future__ import annotations

from collections.abc import Callable

from services.broker.contract import Broker


def sweep(broker: Broker, held: Callable[[str], bool]) -> int:
    """Forget the places of attempts that are over, and return their number.

    `held` returns whether the lease of an attempt is held: a conductor takes the lease before anything else, so an
    attempt without one is over. Raises BrokerUnreachable, and what `held` raises.
    """
    places = sorted(broker.places(), key=lambda place: (place.attempt, place.share))
    over = [place for place in places if not held(place.attempt)]
    for place in over:
        broker.forget(place)
    return len(over)
