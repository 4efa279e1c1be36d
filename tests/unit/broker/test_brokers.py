"""A broker is chosen by the scheme of its address."""

from __future__ import annotations

import pytest

from services.broker.brokers import BROKERS, broker_at
from services.broker.contract import Place
from services.core.errors import InvalidRequest


@pytest.mark.parametrize("scheme", BROKERS)
def test_every_scheme_leads_to_a_broker_with_its_address_and_nothing_is_sent(scheme: str) -> None:
    broker = broker_at(f"{scheme}://no-such-host.invalid")
    assert broker.address == f"{scheme}://no-such-host.invalid"
    one, other = (broker.options(Place(attempt="e1-0-abc", share=share)) for share in (0, 1))
    assert one != other
    assert broker.filling("tasks") != "tasks"


def test_a_scheme_of_no_broker_is_refused_with_those_that_are_allowed() -> None:
    with pytest.raises(InvalidRequest) as caught:
        broker_at("kafka://:s3cret@host")
    assert str(caught.value).startswith("LAB_BROKER_URL: must begin with redis:// or rediss://")
    assert "s3cret" not in str(caught.value)
