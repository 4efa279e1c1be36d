"""The bundle beside a user's packages, in the interpreter of the tests."""

from __future__ import annotations

import sys

import pytest

from benchmarks import bundle
from services.core.models import Model
from services.store.server import EmbeddedServer


@pytest.mark.parametrize("model", Model)
def test_a_users_package_called_services_runs_in_a_measured_worker_of_every_model(
    model: Model, server: EmbeddedServer
) -> None:
    with bundle.user_folder(installed=True) as folder:
        run = bundle.run("here", sys.executable, model, folder, tasks=8, redis_url=server.url)
    assert run.failure == ""
    assert run.holds
