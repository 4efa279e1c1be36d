"""The command that starts the worker of a cell, and the settings that its figures rest on."""

from __future__ import annotations

import shlex
from typing import Final

from services.core.advice import NeededSetting
from services.core.models import OLD_KOMBU, Model, stalls_threads
from services.core.summary import CellSummary

#: Celery's own `worker_prefetch_multiplier`.
STOCK_PREFETCH: Final = 4
#: Name of the application in the command for a built-in workload, as in Celery's documentation.
APP: Final = "proj"
_CHOSEN: Final = "Measured with this setting."


def settings(cell: CellSummary) -> tuple[NeededSetting, ...]:
    """Return the settings of the measured worker that differ from Celery's defaults; none where they are not known."""
    facts = cell.facts
    if facts is None:
        return ()
    traits = cell.model.traits
    found = []
    if facts.prefetch_multiplier != STOCK_PREFETCH:
        by_lab = facts.prefetch_multiplier == traits.prefetch
        stalls = cell.model is Model.THREADS and stalls_threads(facts.kombu)
        reason = OLD_KOMBU if stalls else traits.settings_reason if by_lab else _CHOSEN
        found.append(NeededSetting(name="worker_prefetch_multiplier", value=facts.prefetch_multiplier, reason=reason))
    if facts.acks_late:
        found.append(NeededSetting(name="task_acks_late", value=True, reason=_CHOSEN))
    if facts.shares_backend:
        reason = traits.settings_reason
        found.append(NeededSetting(name="result_backend_thread_safe", value=True, reason=reason))
        if facts.result_connections is not None:
            found.append(NeededSetting(name="redis_max_connections", value=facts.result_connections, reason=reason))
    return tuple(one for one in found if one.name not in facts.app_settings)


def command(cell: CellSummary, needed: tuple[NeededSetting, ...]) -> tuple[str, ...]:
    """Return the words of the complete command line, for the application of an own task (`APP:TASK`) if it is one.

    Settings follow `--`: `--prefetch-multiplier=0` would be ignored, because Celery takes 0 for "not given" (5.7,
    celery/bin/worker.py).
    """
    traits = cell.model.traits
    slots = () if traits.has_one_slot else (f"--concurrency={cell.concurrency}",)
    app = (cell.facts.app if cell.facts else "") or APP
    words = ("celery", "-A", app, "worker", f"--pool={traits.pool}", *slots)
    return (*words, "--", *(shlex.quote(_assignment(one)) for one in needed)) if needed else words


def is_stock(cell: CellSummary) -> bool:
    """Return whether the worker ran with Celery's own settings; False where they are not known."""
    return cell.facts is not None and not settings(cell)


def _assignment(setting: NeededSetting) -> str:
    """Return `name=value`, as `celery worker … -- name=value` parses it; a truth value needs its type."""
    if isinstance(setting.value, bool):
        return f"{setting.name}=(bool){str(setting.value).lower()}"
    return f"{setting.name}={setting.value}"
