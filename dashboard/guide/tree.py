"""The decision guide: its questions, from the last one up to the first."""

from __future__ import annotations

from typing import Final

from dashboard.guide import leaves
from dashboard.guide.decisions import Branch, Question

_HOW_MANY: Final = Question(
    title="How many I/O operations?",
    asks="How many operations wait at the same time?",
    help="Many: dozens of requests at the same time. Few: one now and then.",
    doubt="The share of its time that a task waits decides; it may be larger or smaller than you thought.",
    branches=(Branch(step="many", to=leaves.THREADS), Branch(step="few", to=leaves.ASYNC)),
)

_SHARE: Final = Question(
    title="Share data often?",
    asks="Do tasks often share data with each other?",
    help="For example a cache, a pool of connections, or results that are merged.",
    doubt="Sharing affects how convenient a model is more than how fast it is.",
    branches=(Branch(step="yes", to=leaves.THREADS), Branch(step="no", to=_HOW_MANY)),
)

_WAITING: Final = Question(
    title="I/O-bound?",
    asks="Does a task spend most of its time waiting for input or output?",
    help="Network, disks, databases, other services, or simply sleep.",
    doubt="A task may wait more, or less, than you thought: the page of the experiment shows how long a task held "
    "its slot.",
    branches=(Branch(step="yes", to=_SHARE), Branch(step="no", to=leaves.SEQUENTIAL)),
)

_CHUNKS: Final = Question(
    title="Independent chunks?",
    asks="Can the work be split into independent chunks?",
    help="For example images, files, customers, ranges of numbers: no chunk needs the result of another.",
    doubt="Small chunks, and chunks that share data, gain less from processes.",
    branches=(Branch(step="yes", to=leaves.PROCESSES), Branch(step="no", to=leaves.SPECIALISED)),
)

_COMPUTING: Final = Question(
    title="CPU-intensive?",
    asks="Does a task spend most of its time computing?",
    help="It does if a core is near 100 % while it runs. A task that waits leaves the core idle.",
    doubt="Computing means Python code here. A body that waits, or that computes in C code without the GIL (hashing, "
    "compressing, arrays), behaves like one that waits.",
    branches=(Branch(step="yes", to=_CHUNKS), Branch(step="no", to=_WAITING)),
)

TREE: Final = Question(
    title="Parallelise?",
    asks="Is one task after another too slow for you?",
    help="Consider the gain: an earlier result, or more tasks per second. If neither matters, stay simple.",
    doubt="More slots may gain more, or less, than you thought.",
    branches=(Branch(step="yes", to=_COMPUTING), Branch(step="no", to=leaves.SEQUENTIAL)),
)
