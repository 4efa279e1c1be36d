"""Asks for experiments as REST does, with parsed JSON."""

from __future__ import annotations

import pytest

from services.core.errors import InvalidRequest, Problem
from services.core.experiment import Experiment
from services.planning import request
from workloads.registry import discover

registry = discover()


def made(**asked: object) -> Experiment:
    """The experiment that a request for `primes`, or for what `asked` says, makes."""
    return request.experiment({"workload": "primes", **asked}, registry, id="e1", created=900, seed=7)


def problems(**asked: object) -> tuple[Problem, ...]:
    """All that is wrong with such a request."""
    with pytest.raises(InvalidRequest) as caught:
        made(**asked)
    return caught.value.problems


def told(**asked: object) -> list[str]:
    """The same in the words a user reads."""
    return [str(problem) for problem in problems(**asked)]
