"""What a page shows is made once per state of its data."""

from __future__ import annotations

import pytest

from dashboard.cache import Cache


def test_a_thing_is_made_once_from_the_same_objects() -> None:
    cache: Cache[list[int]] = Cache()
    data = object()
    first = cache.get("a", (data,), lambda: [1])
    assert cache.get("a", (data,), lambda: [2]) is first


def test_a_thing_is_made_again_from_other_objects_and_for_other_keys() -> None:
    cache: Cache[int] = Cache()
    old, new = object(), object()
    assert cache.get("a", (old,), lambda: 1) == 1
    assert cache.get("a", (new,), lambda: 2) == 2
    assert cache.get("b", (new,), lambda: 3) == 3


def test_the_thing_that_was_used_longest_ago_is_dropped_first() -> None:
    cache: Cache[int] = Cache(most=2)
    data = object()
    for key, made in (("a", 1), ("b", 2), ("a", 1), ("c", 3)):
        assert cache.get(key, (data,), lambda made=made: made) == made  # type: ignore[misc]
    assert cache.get("a", (data,), lambda: 9) == 1
    assert cache.get("b", (data,), lambda: 9) == 9


def test_an_error_is_not_kept() -> None:
    cache: Cache[int] = Cache()
    data = object()
    with pytest.raises(ZeroDivisionError):
        cache.get("a", (data,), lambda: 1 // 0)
    assert cache.get("a", (data,), lambda: 1) == 1
