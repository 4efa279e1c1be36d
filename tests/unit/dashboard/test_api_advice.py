"""The advice in a report over REST, and bounds in its address that pick again."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.unit.dashboard.ledger import Ledger

PLACE = "/api/v1/experiments/0a1b2c3d"


def advice(web: FlaskClient, query: str = "") -> dict[str, Any]:
    answer = web.get(f"{PLACE}{query}").json
    assert answer is not None
    found: dict[str, Any] = answer["advice"]
    return found


def test_a_report_has_an_answer_with_commands(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    [variant] = advice(web)["variants"]
    assert variant["picks"]
    assert all(pick["command"][:4] == ["celery", "-A", "proj", "worker"] for pick in variant["picks"])


def test_bounds_in_the_address_pick_again(web: FlaskClient, ledger: Ledger) -> None:
    ledger.finished()
    found = advice(web, "?max_memory=1&p99=0.5")
    assert found["objectives"] == {"max_memory": 1, "p99": 0.5}
    [variant] = found["variants"]
    assert variant["picks"] == []
    assert variant["missing"].startswith("No cell keeps --max-memory 1 B")


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "lots", ""])
@pytest.mark.parametrize("name", ["max_memory", "p99"])
def test_a_bound_that_is_no_number_above_0_is_refused(web: FlaskClient, ledger: Ledger, name: str, value: str) -> None:
    ledger.finished()
    answer = web.get(f"{PLACE}?{name}={value}")
    assert answer.status_code == 422
    assert name in answer.text
