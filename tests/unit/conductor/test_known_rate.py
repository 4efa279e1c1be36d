"""What earlier trials of a cell tell about the next."""

from __future__ import annotations

from services.conductor.conductor import known_rate
from services.core.experiment import Cell
from services.core.models import Model
from tests.unit.analysis import made


def test_the_known_rate_is_that_of_the_latest_finished_trial_of_the_same_cell() -> None:
    larger = Cell(workload="primes", params={"limit": 10}, model=Model.PREFORK, concurrency=2, replicas=1)
    results = [
        made.result(40, cell=made.PREFORK, index=0),
        made.result(50, cell=made.PREFORK, index=1),
        made.result(None, cell=made.PREFORK, index=2),
        made.result(60, cell=made.THREADS, index=3),
        made.result(70, cell=larger, index=4),
    ]
    assert known_rate(made.trial(made.PREFORK), results) == 50
    assert known_rate(made.trial(made.PREFORK), results[2:]) is None
    assert known_rate(made.trial(made.PREFORK), []) is None


def test_a_trial_during_which_the_broker_stalled_reports_nothing_about_the_next() -> None:
    sound = made.result(50, cell=made.PREFORK, index=0, broker_wait=0.02)
    stalled = made.result(5, cell=made.PREFORK, index=1, broker_wait=8.0)
    assert known_rate(made.trial(made.PREFORK), [sound, stalled]) == 50
    assert known_rate(made.trial(made.PREFORK), [stalled]) is None
