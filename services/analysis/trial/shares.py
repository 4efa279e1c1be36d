"""The shares of a trial with their spans unpacked, by node and by clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from concurrency_lab_inside.stamps import COLUMNS
from services.analysis.trial.spans import SpanTable, unpack
from services.core.trial import NodeTrial
from services.core.units import NANOSECOND, Seconds


@dataclass(frozen=True, slots=True)
class Share:
    """A node's share with its spans unpacked."""

    node: NodeTrial
    ping: SpanTable
    saturate: SpanTable

    @property
    def parts(self) -> tuple[SpanTable, SpanTable]:
        """Spans that count; warm-up and calibration do not."""
        return self.ping, self.saturate


@dataclass(frozen=True, slots=True)
class Boot:
    """The shares of the nodes of one boot. They share a clock, so a window: ns from first start to last finish."""

    shares: tuple[Share, ...]
    first: int
    last: int

    @property
    def window(self) -> Seconds:
        return (self.last - self.first) * NANOSECOND

    @property
    def tasks(self) -> int:
        return sum(len(share.saturate) for share in self.shares)

    @property
    def in_slots(self) -> float:
        """Mean number of tasks in slots (started to stored) over the window."""
        held = sum(
            int((np.minimum(share.saturate.stored, self.last) - share.saturate.started).sum()) for share in self.shares
        )
        return held / (self.last - self.first)


def opened(node: NodeTrial) -> Share:
    """Return the share with its spans; a share that failed before its table existed has none."""
    table = unpack(node.spans) if node.spans else SpanTable(np.empty((0, COLUMNS), dtype=np.int64))
    return Share(node, table.part(*node.ping), table.part(*node.saturate))


def count(shares: Sequence[Share], counted: Callable[[SpanTable], int]) -> int:
    """Return the sum of `counted` over the parts of all shares."""
    return sum(counted(part) for share in shares for part in share.parts)


def by_boot(shares: Sequence[Share]) -> list[Boot]:
    """Return the shares by boot: clocks of different boots cannot be compared, so each boot has its own window."""

    def boot(share: Share) -> str:
        return share.node.boot

    return [
        Boot(
            shares=tuple(group),
            first=min(int(share.saturate.started.min()) for share in group),
            last=max(int(share.saturate.finished.max()) for share in group),
        )
        for group in (list(group) for _, group in groupby(sorted(shares, key=boot), key=boot))
    ]
