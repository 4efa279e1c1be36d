"""Findings from several cells together: scaling, memory per slot, payload cost, load."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.core.labels import label
from services.core.models import Model
from services.core.summary import Interval
from services.core.units import Bytes, Rate, Seconds, Value

#: A fitted line or law is used up to so many times the highest concurrency that was measured; a judgement.
FURTHEST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cells that differ in concurrency, or in one swept parameter, or in rate, and in nothing else."""

    model: Model
    replicas: int
    #: None where concurrency is what differs.
    concurrency: int | None
    variant: dict[str, Value]

    @property
    def name(self) -> str:
        """Unique among the groups of a finding: `threads`, `threads@4 limit=2000`."""
        return label(self.model, concurrency=self.concurrency, replicas=self.replicas, variant=self.variant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speedup:
    """One cell against others of its experiment; None where there is nothing to compare with."""

    cell: str
    concurrency: int
    #: Throughput over that of sequential, and over that of the same model with one slot.
    over_sequential: Interval | None
    over_one: Interval | None
    #: `over_one` over the concurrency.
    efficiency: Interval | None
    #: `over_one` over the speed-up of bare processes on the same cores; None where a single slot leaves a core idle,
    #: where there are fewer slots than cores or several nodes, and where the reference loop was not measured.
    of_bare: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A law fitted to throughput over concurrency, with intervals of its parameters."""

    #: `amdahl` or `usl`.
    law: str
    #: By name: `rate` (of one slot), `serial` for Amdahl; `rate`, `contention`, `coherency` for USL.
    parameters: dict[str, Interval]
    #: Share of the variance of throughput that the law explains. Near 0 where throughput hardly depends on
    #: concurrency, however close the law is to it.
    r_squared: float
    #: How far the law is from the medians of the cells, as a share of it (root mean square).
    deviation: float
    #: Concurrency of the highest predicted throughput, and that throughput; None where it grows without end, or is
    #: beyond ten times the highest concurrency that was measured.
    peak: float | None
    peak_rate: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Throughput of more slots, relative to a baseline."""

    group: Group
    speedups: tuple[Speedup, ...]
    fits: tuple[Fit, ...]
    #: Throughput of sequential and of one slot of the model: the baselines of the speed-ups. None if not measured.
    sequential: Rate | None = None
    one_slot: Rate | None = None
    #: Why there is no fit, or one less; empty when both are there.
    no_fit_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotMemory:
    """Memory of more slots: a line through peak PSS over concurrency."""

    group: Group
    #: Bytes per slot. None: not measurable, the interval of the line's slope includes 0 or is below it.
    per_slot: Interval | None
    #: Where `per_slot` is None: the upper bound of the slope's interval; None if there is no interval above 0.
    upper_bound: Bytes | None
    #: Bytes of the worker before its first slot; all of it where `per_slot` is None.
    fixed: Bytes
    #: RSS over PSS at the highest concurrency: how often it counts a shared page.
    double_counted: float
    #: Growth of private memory from idle to peak at the highest concurrency: pages that work had to copy or make.
    private_growth: Bytes
    #: Slots that fit into the node's memory; None where the slope has no interval.
    limit: int | None
    #: Whether `limit` is a lower bound: the slope is not measurable, or the line reaches further than it may be used.
    limit_is_lower_bound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Hockney's fit of a cost over the size carried: t(n) = latency + n / bandwidth."""

    #: `slot` (into a slot and back) or `broker` (with the result backend); a channel's name in a `channel` experiment.
    name: str
    latency: Interval
    #: Bytes per second; None where size makes no difference that can be seen.
    bandwidth: Interval | None
    r_squared: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryingCost:
    """Measured cost of carrying a message of one size over one channel."""

    channel: str
    #: Bytes.
    size: float
    #: Median over trials of their means.
    cost: Seconds
    trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Cost of carrying bytes, by the parameter that gives their number."""

    group: Group
    parameter: str
    channels: tuple[Channel, ...]
    #: Why there is no fit; empty when there is.
    no_fit_reason: str
    #: Measured costs, channel by channel.
    costs: tuple[CarryingCost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPoint:
    """A cell at a planned rate."""

    cell: str
    rate: Rate
    achieved: Interval
    p50: Interval
    p99: Interval
    #: Whether it kept up: its tasks finished at no less than 95 % of the pace at which they were due.
    kept_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Which planned rates a group keeps up with."""

    group: Group
    points: tuple[LoadPoint, ...]
    #: The highest rate kept below `lowest_missed`, and the lowest rate not kept; None where there is none.
    highest_kept: Rate | None
    lowest_missed: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BareSpeedup:
    """Speed-up of several bare processes over one on a node: the reference loop over all blocks."""

    node: str
    #: Usable cores, and the processes that ran together.
    cores: float
    processes: int
    #: Blocks with a reference and blocks where it is missing.
    blocks: int
    missing: int
    #: Why the last missing reference is missing; empty where none is.
    reason: str
    #: Rate of all processes over that of one: median, lowest and highest over blocks; None if never measured.
    speedup: float | None
    lowest: float | None
    highest: float | None
    #: Highest rate of one process over its lowest, over blocks; None if never measured.
    drift: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BareEfficiency:
    """Efficiency of bare processes: their speed-up over the number of slots."""

    slots: int
    efficiency: float


class OnFront(StrEnum):
    """Whether a cell is on the Pareto front."""

    YES = "yes"
    NO = "no"
    #: Beaten by the medians, but not beyond the intervals.
    TOO_CLOSE = "too close to call"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoFront:
    """Throughput against peak memory (PSS) within one variant."""

    #: Names of the cells on the front of the medians, smallest memory first.
    cells: tuple[str, ...]
    #: By name of each cell of the variant.
    on_front: dict[str, OnFront]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that follows from several cells together; empty where there are too few of them."""

    scaling: tuple[Scaling, ...] = ()
    memory: tuple[SlotMemory, ...] = ()
    payload: tuple[Payload, ...] = ()
    load: tuple[Load, ...] = ()
    #: By node; empty in an experiment of a lab that did not measure it.
    bare: tuple[BareSpeedup, ...] = ()
    #: Known for one slot, and from as many slots as bare processes on; empty without a speed-up `of_bare`.
    bare_efficiency: tuple[BareEfficiency, ...] = ()
    #: One per variant.
    pareto: tuple[ParetoFront, ...] = ()
    #: Cores that every cell could use; None where cells differ, or a node is unknown.
    usable_cores: float | None = None
