"""Which experiments are kept: deleted and restored by hand, pinned, or deleted to make room for new ones."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final

from services.core.errors import Conflict, NotFound
from services.core.units import Seconds
from services.store import keys
from services.store.connection import Client, reaching
from services.store.keys import is_id

#: Time in which a deleted experiment can be restored.
RESTORABLE: Seconds = 600.0
_OPEN, _PINNED, _MISSING, _TAKEN, _FEW, _DONE = "open", "pinned", "missing", "taken", "few", "done"
#: Scripts, so that an experiment is never half deleted, and never deleted while it is being pinned.
#: KEYS: the sorted set of all, the open ones, the pinned ones, the hash of records that cannot be read, where the place
#: of a deleted one waits; then every key of the experiment and where that waits. ARGV: the id, ms until it is gone (0 =
#: at once), and how many experiments there must be more than.
DELETE: Final = f"""
local place = redis.call('ZSCORE', KEYS[1], ARGV[1])
if redis.call('EXISTS', KEYS[6]) == 0 and not place then return '{_MISSING}' end
if redis.call('ZSCORE', KEYS[2], ARGV[1]) then return '{_OPEN}' end
if redis.call('SISMEMBER', KEYS[3], ARGV[1]) == 1 then return '{_PINNED}' end
if redis.call('ZCARD', KEYS[1]) <= tonumber(ARGV[3]) then return '{_FEW}' end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
local wait = tonumber(ARGV[2])
if wait > 0 and place then redis.call('SET', KEYS[5], place, 'PX', wait) end
for i = 6, #KEYS, 2 do
  if wait == 0 then
    redis.call('UNLINK', KEYS[i])
  elseif redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('RENAME', KEYS[i], KEYS[i + 1])
    redis.call('PEXPIRE', KEYS[i + 1], wait)
  end
end
return '{_DONE}'
"""
#: KEYS: as for DELETE; ARGV: the id.
RESTORE: Final = f"""
local place = redis.call('GET', KEYS[5])
if not place or redis.call('EXISTS', KEYS[7]) == 0 then return '{_MISSING}' end
if redis.call('EXISTS', KEYS[6]) == 1 then return '{_TAKEN}' end
for i = 6, #KEYS, 2 do
  if redis.call('EXISTS', KEYS[i + 1]) == 1 then
    redis.call('RENAME', KEYS[i + 1], KEYS[i])
    redis.call('PERSIST', KEYS[i])
  end
end
redis.call('DEL', KEYS[5])
redis.call('ZADD', KEYS[1], place, ARGV[1])
return '{_DONE}'
"""
#: KEYS: the sorted set of all, the pinned ones; ARGV: the id.
PIN: Final = f"""
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return '{_MISSING}' end
redis.call('SADD', KEYS[2], ARGV[1])
return '{_DONE}'
"""


class Retention:
    """Every method raises StoreUnreachable when Redis does not answer, and NotFound for an id that there is not."""

    def __init__(self, client: Client, *, restorable: Seconds = RESTORABLE) -> None:
        """A deleted experiment can be restored for `restorable` seconds."""
        self._client = client
        self._restorable = restorable

    def delete(self, id: str) -> None:
        """Delete an experiment that has ended; `restore` brings it back. Raises Conflict."""
        answer = self._run(DELETE, id, int(self._restorable * 1000), -1)
        if answer == _OPEN:
            raise Conflict(f"experiment {id} has not ended: cancel it before you delete it")
        if answer == _PINNED:
            raise Conflict(f"experiment {id} is pinned: unpin it before you delete it")
        if answer == _MISSING:
            if self.restorable(id) is not None:
                raise NotFound(f"experiment {id} is deleted already")
            raise NotFound(f"there is no experiment {id}")

    def restore(self, id: str) -> None:
        """Bring back a deleted experiment with all its results. Raises Conflict if there is one with this id."""
        answer = self._run(RESTORE, id)
        if answer == _MISSING and is_id(id) and self._exists(id):
            raise Conflict(f"experiment {id} is not deleted")
        if answer == _MISSING:
            minutes = f"{self._restorable / 60:.0f} minutes"
            raise NotFound(f"there is no deleted experiment {id}: one can be restored for {minutes}, then it is gone")
        if answer == _TAKEN:
            raise Conflict(f"there is another experiment {id} now")

    def restorable(self, id: str) -> Seconds | None:
        """Return for how long a deleted experiment can still be restored; None if it is not, or not any more."""
        if not is_id(id):
            return None
        with reaching():
            left: Any = self._client.pttl(_place(id))
        return left / 1000 if left > 0 else None

    def pin(self, id: str) -> None:
        """Never delete this experiment to make room for others."""
        found = is_id(id)
        with reaching():
            found = found and self._client.eval(PIN, 2, keys.EXPERIMENTS, keys.PINNED, id) == _DONE
        if not found:
            raise NotFound(f"there is no experiment {id}")

    def unpin(self, id: str) -> None:
        """Undo `pin`; an experiment that is not pinned stays so."""
        if not is_id(id) or not self._exists(id):
            raise NotFound(f"there is no experiment {id}")
        with reaching():
            self._client.srem(keys.PINNED, id)

    def is_pinned(self, id: str) -> bool:
        """Return whether an experiment is pinned."""
        with reaching():
            return bool(self._client.sismember(keys.PINNED, id))

    def trim(self, most: int, needed: Callable[[], Collection[str]]) -> tuple[str, ...]:
        """Delete the oldest experiments beyond `most` for good, and return their ids.

        Open, pinned and `needed` ones stay, however many they are; `needed` is called where there are too many.
        """
        with reaching():
            if int(self._client.zcard(keys.EXPERIMENTS)) <= most:
                return ()
            ids = [str(id) for id in self._client.zrange(keys.EXPERIMENTS, 0, -1)]
        stay, gone = needed(), []
        for id in ids:
            answer = _PINNED if id in stay else self._run(DELETE, id, 0, most)
            if answer == _FEW:
                break
            if answer == _DONE:
                gone.append(id)
        return tuple(gone)

    def _exists(self, id: str) -> bool:
        with reaching():
            return self._client.zscore(keys.EXPERIMENTS, id) is not None

    def _run(self, script: str, id: str, *arguments: int) -> str:
        if not is_id(id):
            return _MISSING
        shared = (keys.EXPERIMENTS, keys.OPEN, keys.PINNED, keys.SET_ASIDE, _place(id))
        own = [name for make in keys.OF_EXPERIMENT for name in (make(id), keys.deleted(make(id)))]
        with reaching():
            return str(self._client.eval(script, len(shared) + len(own), *shared, *own, id, *arguments))


def _place(id: str) -> str:
    """Return the key of a deleted experiment's place in the list."""
    return f"{keys.deleted(keys.experiment(id))}:place"
