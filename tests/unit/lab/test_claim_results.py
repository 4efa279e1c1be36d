"""Where the claims stand, asked for by several at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.core.experiment import Record, State
from services.lab.claim_results import Claims
from services.lab.reports import Reports
from services.planning import grid, presets, request
from services.store.connection import Client
from services.store.experiments import Experiments
from tests.unit.dashboard import made
from workloads.registry import discover


class Interrupted(Experiments):
    """A ledger in which something happens while somebody reads it."""

    def __init__(self, client: Client, meanwhile: Callable[[], object]) -> None:
        super().__init__(client)
        self._meanwhile: list[Callable[[], object]] = [meanwhile]

    def done(self, id: str) -> int:
        while self._meanwhile:
            self._meanwhile.pop()()
        return super().done(id)


def measured(ledger: Experiments, id: str, last: str | None, state: State) -> None:
    """One more experiment of the preset `computing`, with all its trials."""
    asked = request.experiment(presets.body("computing"), discover(), id=id, created=0.0, seed=1)
    results = made.results(asked)
    record = Record(experiment=asked, state=state, total=len(results), blocks=asked.repeats)
    assert ledger.add_of_preset(record, grid.plan(asked, asked.repeats), "computing", last)
    for result in results:
        ledger.save_trial(result)
    ledger.update(replace(record, state=state))


def test_a_claim_measured_again_during_a_request_is_shown_to_both(store: Client) -> None:
    ledger = Experiments(store)
    measured(ledger, "e1", None, State.FINISHED)

    def meanwhile() -> None:
        measured(ledger, "e2", "e1", State.RUNNING)
        claims.reports()

    interrupted = Interrupted(store, meanwhile)
    claims = Claims(interrupted, Reports(interrupted, discover()))
    first, second = ({one.id for claim in claims.reports() for one in claim.experiments} for _ in range(2))
    assert (first, second) == ({"e1"}, {"e2"})


def test_no_more_experiments_of_a_preset_are_remembered_than_a_page_can_look_through(store: Client) -> None:
    ledger = Experiments(store)
    last = None
    for number in range(30):
        measured(ledger, f"e{number}", last, State.CANCELLED)
        last = f"e{number}"
    assert ledger.of_preset("computing")[0] == "e29"
    assert len(ledger.of_preset("computing")) == 20
