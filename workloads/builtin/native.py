"""Workloads of C code that works on plain bytes and releases the GIL."""

from __future__ import annotations

import hashlib
import random
import zlib
from functools import lru_cache
from typing import Annotated

from workloads.contract import Cost, Within, workload

words = "the a task thread process worker queue waits runs takes sends one many slow fast memory".split()


# The input is cached per process: a trial has one size only and its warm-up task fills the cache, so that no measured
# task holds the GIL to make its input. maxsize=1 keeps one input alive and no more. Threads that miss at the same
# time build equal bytes twice, which harms nothing.
@lru_cache(maxsize=1)
def _text(kilobytes: int) -> bytes:
    """Return words in a fixed random order, the same in every process."""
    chosen = random.Random(0).choices(words, k=16 * 1024)
    # Repeating a piece of this length gains zlib nothing: it looks back 32 KiB only.
    piece = " ".join(chosen).encode()[: 64 * 1024]
    return (piece * (kilobytes // 64 + 1))[: kilobytes * 1024]


def _cost_of_sha256(*, kilobytes: int, rounds: int) -> Cost:
    """Return the cost: hashlib keeps the GIL for small blocks."""
    seconds = 5.7e-7 * kilobytes * rounds
    return Cost(held=seconds) if kilobytes < 2 else Cost(released=seconds, memory=1024 * kilobytes)


def _cost_of_compress(*, kilobytes: int, level: int) -> Cost:
    return Cost(released=6e-6 * 1.5 ** (level - 1) * kilobytes, memory=2 * 1024 * kilobytes)


@workload(
    family="native",
    gil="released",
    description="Hash a block of bytes with SHA-256, over and over.",
    cost=_cost_of_sha256,
)
def sha256(
    *,
    kilobytes: Annotated[
        int, Within(1, 1024, "KiB", "Size of a block; hashlib keeps the GIL for blocks below 2 KiB")
    ] = 1024,
    rounds: Annotated[int, Within(1, 4096, "blocks", "Blocks hashed in one task")] = 16,
) -> str:
    """Return the SHA-256 of `rounds` blocks, in hexadecimal."""
    block = _text(kilobytes)
    digest = hashlib.sha256()
    for _ in range(rounds):
        digest.update(block)
    return digest.hexdigest()


@workload(family="native", gil="released", description="Compress text with zlib.", cost=_cost_of_compress)
def compress(
    *,
    kilobytes: Annotated[int, Within(1, 16_384, "KiB", "Size of the text")] = 256,
    level: Annotated[int, Within(1, 9, "", "1 is fastest, 9 is smallest")] = 6,
) -> int:
    """Return the size of the compressed text in bytes."""
    return len(zlib.compress(_text(kilobytes), level))
