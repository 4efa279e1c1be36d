"""A lab of stand-ins and real servers in a folder of the test's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from services.core.settings import Settings
from services.lab import running_lab
from services.lab.one_machine import Local
from services.lab.root.one_machine import local_lab
from services.store.folder import holder
from tests.integration.up import STAND_IN, Children


@pytest.fixture
def said() -> list[str]:
    """What the supervisor told the user."""
    return []


@pytest.fixture
def local(tmp_path: Path, said: list[str]) -> Callable[..., Local]:
    """Makes a lab in a folder of the test's, of stand-ins and a real server."""

    def local(settings: Settings, *, dashboard: bool = True) -> Local:
        return local_lab(tmp_path / "data", settings, serve=STAND_IN, dashboard=dashboard, say=said.append)

    return local


@pytest.fixture
def children() -> Children:
    """The processes that came since the test began: a server that all tests share is none of its."""
    before = set(psutil.Process().children(recursive=True))

    def children() -> list[psutil.Process]:
        now = psutil.Process().children(recursive=True)
        return [one for one in now if one not in before and one.status() != psutil.STATUS_ZOMBIE]

    return children


@pytest.fixture
def nothing_is_left(children: Children) -> Callable[[Path], bool]:
    """Whether a lab in a folder has left neither a process nor a trace."""
    return lambda path: not children() and holder(path) is None and running_lab.find(path) is None
