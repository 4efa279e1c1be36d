"""The list of all experiments, page by page."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from services.core.codec import Unreadable, from_json
from services.core.errors import InvalidRequest, NotFound, Problem
from services.core.experiment import Record
from services.core.report import ListedExperiment, Page, Progress
from services.core.safe_text import plain
from services.store import keys
from services.store.connection import Client, reaching
from services.store.keys import is_id

log = logging.getLogger(__name__)
#: Time of creation and id: a place in the list that stays one when the experiment at it is deleted.
_CURSOR: Final = re.compile(r"(?P<created>-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?)_(?P<id>[^:]*)", re.ASCII)


class Listing:
    """All experiments, newest first. Raises StoreUnreachable when Redis does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        #: Records that cannot be read, by id; each is logged once.
        self._unreadable: dict[str, str] = {}

    def page(self, count: int, *, before: str | None = None, after: str | None = None) -> Page:
        """Return `count` experiments: the newest, or those next to a cursor (or an id) on its older or newer side.

        A record that cannot be read is left out, so that it does not hide the others. Raises NotFound for an id that
        there is not, and InvalidRequest for anything else that is no cursor.
        """
        if before is not None and after is not None:
            raise InvalidRequest([Problem("after", after, "cannot be given together with before")])
        newer = after is not None
        place = self._place("after" if newer else "before", after if newer else before)
        found = self._next_to(place, count + 1, newer=newer)
        more, found = len(found) > count, found[:count]
        if newer:
            found.reverse()
        with reaching():
            total, pinned, answers = self._read([id for id, _ in found])
        return Page(
            lines=tuple(self._lines([id for id, _ in found], answers, pinned)),
            total=total,
            older=_cursor(found[-1]) if found and (newer or more) else None,
            newer=_cursor(found[0]) if found and (more if newer else before is not None) else None,
        )

    def _place(self, field: str, text: str | None) -> tuple[str, float] | None:
        if text is None:
            return None
        if match := _CURSOR.fullmatch(text):
            created = float(match["created"])
            if math.isfinite(created):
                return match["id"], created
        if "_" in text or not is_id(text):
            raise InvalidRequest([Problem(field, text, "must be the id of an experiment, or a cursor of a page")])
        with reaching():
            score = self._client.zscore(keys.EXPERIMENTS, text)
        if score is None:
            raise NotFound(f"there is no experiment {text}")
        return text, float(score)

    def _next_to(self, place: tuple[str, float] | None, count: int, *, newer: bool) -> list[tuple[str, float]]:
        """Return ids and times of creation, the nearest first; ids of one moment are ordered by themselves."""
        with reaching():
            if place is None:
                first: Any = self._client.zrange(keys.EXPERIMENTS, 0, count - 1, desc=True, withscores=True)
                return [(str(id), float(score)) for id, score in first]
            id, created = place
            same = int(self._client.zcount(keys.EXPERIMENTS, created, created))
            bounds = (created, math.inf) if newer else (created, -math.inf)
            some: Any = self._client.zrange(
                keys.EXPERIMENTS,
                *bounds,
                desc=not newer,
                withscores=True,
                byscore=True,
                offset=0,
                num=same + count,
            )
        found = [(str(one), float(score)) for one, score in some]
        if newer:
            return [pair for pair in found if (pair[1], pair[0]) > (created, id)][:count]
        return [pair for pair in found if (pair[1], pair[0]) < (created, id)][:count]

    def _read(self, ids: list[str]) -> tuple[int, frozenset[str], list[Any]]:
        with self._client.pipeline(transaction=False) as pipe:
            pipe.zcard(keys.EXPERIMENTS)
            pipe.smembers(keys.PINNED)
            for id in ids:
                pipe.get(keys.experiment(id))
                pipe.hlen(keys.trials(id))
            total, pinned, *answers = pipe.execute()
        return int(total), frozenset(map(str, pinned)), answers

    def _lines(self, ids: Iterable[str], answers: list[Any], pinned: frozenset[str]) -> Iterator[ListedExperiment]:
        for id, text, done in zip(ids, answers[::2], answers[1::2], strict=True):
            try:
                if text is not None:
                    record = from_json(Record, text)
                    yield ListedExperiment(
                        record=record, progress=Progress(done=done, total=record.total), pinned=id in pinned
                    )
            except Unreadable as error:
                if self._unreadable.get(id) != str(error):
                    self._unreadable[id] = str(error)
                    log.warning("experiment %s is left out of the list: %s", plain(id), plain(error))


def _cursor(pair: tuple[str, float]) -> str:
    id, created = pair
    return f"{created!r}_{id}"
