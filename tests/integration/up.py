"""What tests of `lab up` share: its settings, and the stand-ins for its processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import psutil

from services.core.settings import Settings
from tests.live import free_port

Children: TypeAlias = Callable[[], list[psutil.Process]]
#: Command that, with `conductor`, `node` or `dashboard` after it, stands in for that process.
STAND_IN = [sys.executable, str(Path(__file__).with_name("stand_in.py"))]


def free_bind() -> str:
    """An address on which nothing listens now."""
    return f"127.0.0.1:{free_port()}"


def settings(*, bind: str = "", redis_url: str | None = None, broker_url: str | None = None) -> Settings:
    """Settings of a node `here`."""
    return Settings(redis_url=redis_url, broker_url=broker_url, bind=bind or free_bind(), node="here")
