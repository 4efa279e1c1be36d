"""The list of experiments, page by page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.core.errors import InvalidRequest, NotFound
from services.core.experiment import State
from services.store.connection import Client
from services.store.experiments import Experiments
from services.store.listing import Listing
from services.store.retention import Retention
from tests.unit.analysis import made


def fill(store: Client, *ids_and_times: tuple[str, float]) -> Listing:
    ledger = Experiments(store)
    for id, created in ids_and_times:
        one = made.record(State.QUEUED)
        record = replace(one, experiment=replace(one.experiment, id=id, created=created))
        assert ledger.add(record, made.plan(made.PREFORK))
        ledger.update(replace(record, state=State.FINISHED))
    return Listing(store)


def walk(listing: Listing, count: int) -> list[list[str]]:
    """Every page from the newest to the oldest, and back again: both ways are the same."""
    pages = [listing.page(count)]
    while pages[-1].older is not None:
        pages.append(listing.page(count, before=pages[-1].older))
    back = [pages[-1]]
    while back[-1].newer is not None:
        back.append(listing.page(count, after=back[-1].newer))
    found = [[line.record.experiment.id for line in page.lines] for page in pages]
    every = [id for page in found for id in page]
    returned = [line.record.experiment.id for page in reversed(back) for line in page.lines]
    assert returned == every
    return found


def test_every_experiment_is_on_one_page_whatever_the_length_of_a_page(store: Client) -> None:
    times = [1.0, 2.5, 2.5, 2.5, 2.5, 1e9 + 0.123456, 1e9 + 0.123457]
    listing = fill(store, *((f"e{place}", time) for place, time in enumerate(times)))
    newest_first = ["e6", "e5", "e4", "e3", "e2", "e1", "e0"]
    for count in range(1, 9):
        assert [id for page in walk(listing, count) for id in page] == newest_first
        assert listing.page(count).total == 7


def test_a_cursor_stays_one_when_its_experiment_is_deleted_or_new_ones_come(store: Client) -> None:
    listing = fill(store, ("a", 1), ("b", 2), ("c", 3), ("d", 4))
    first = listing.page(2)
    assert first.older is not None
    Retention(store).delete("c")
    fill(store, ("e", 5))
    second = listing.page(2, before=first.older)
    assert [line.record.experiment.id for line in second.lines] == ["b", "a"]
    assert second.older is None and second.newer is not None


def test_an_id_is_a_cursor_too(store: Client) -> None:
    listing = fill(store, ("a", 1), ("b", 2), ("c", 3))
    assert [line.record.experiment.id for line in listing.page(9, before="c").lines] == ["b", "a"]
    assert [line.record.experiment.id for line in listing.page(9, after="a").lines] == ["c", "b"]


def test_what_is_no_cursor_is_refused_by_the_name_of_its_field(store: Client) -> None:
    listing = fill(store, ("a", 1))
    for text in ("x_y", "1e999_a", "nan_a", "a:trials", "ä", "_"):
        with pytest.raises(InvalidRequest, match="before: must be the id of an experiment"):
            listing.page(9, before=text)
    with pytest.raises(NotFound, match="there is no experiment zz"):
        listing.page(9, after="zz")
    with pytest.raises(InvalidRequest, match="cannot be given together with before"):
        listing.page(9, before="a", after="a")


def test_an_experiment_in_a_list_states_whether_it_is_pinned(store: Client) -> None:
    listing = fill(store, ("a", 1), ("b", 2))
    Retention(store).pin("a")
    assert [line.pinned for line in listing.page(9).lines] == [False, True]
