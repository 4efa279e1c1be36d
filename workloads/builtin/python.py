"""Workloads of pure Python arithmetic and parsing: they hold the GIL from start to end."""

from __future__ import annotations

import json
from math import isqrt
from typing import Annotated

from workloads.contract import Cost, Within, workload


def _cost_of_primes(*, limit: int) -> Cost:
    return Cost(held=2e-9 * limit**1.5)


def _cost_of_mandelbrot(*, size: int, iterations: int) -> Cost:
    return Cost(held=2.8e-8 * size * size * iterations)


def _cost_of_json(*, records: int) -> Cost:
    """Return the cost: two lists of records and their text are alive at once."""
    return Cost(held=5e-6 * records, memory=2_200 * records)


@workload(
    family="python",
    gil="held",
    description="Count the primes below a limit by trial division.",
    cost=_cost_of_primes,
)
def primes(*, limit: Annotated[int, Within(2, 2_000_000, "numbers", "Search below this number")] = 20_000) -> int:
    """Return the number of primes below `limit`."""
    return sum(_is_prime(candidate) for candidate in range(2, limit))


def _is_prime(number: int) -> bool:
    # A generator under all() would take twice as long.
    for divisor in range(2, isqrt(number) + 1):  # noqa: SIM110
        if number % divisor == 0:
            return False
    return True


@workload(
    family="python",
    gil="held",
    description="Draw the Mandelbrot set with complex numbers, one pixel at a time.",
    cost=_cost_of_mandelbrot,
)
def mandelbrot(
    *,
    size: Annotated[int, Within(1, 400, "pixels", "Width and height of the picture")] = 48,
    iterations: Annotated[int, Within(1, 1_000, "steps", "Steps until a point counts as inside the set")] = 200,
) -> int:
    """Return how many of the `size` x `size` pixel centres between -2-1.25i and 0.5+1.25i are inside the set."""
    step = 2.5 / size
    inside = 0
    for row in range(size):
        for column in range(size):
            point = complex(-2 + (column + 0.5) * step, -1.25 + (row + 0.5) * step)
            z = 0j
            for _ in range(iterations):
                z = z * z + point
                if abs(z) > 2:
                    break
            else:
                inside += 1
    return inside


@workload(
    family="python",
    gil="held",
    description="Encode a list of records as JSON and decode it again.",
    cost=_cost_of_json,
)
def json_codec(
    *, records: Annotated[int, Within(1, 200_000, "records", "Each is about 165 characters of JSON")] = 1_000
) -> int:
    """Return the length of the JSON text in characters. Raises ValueError when the round trip changes the records.

    json's accelerator is C, but builds Python objects all along and so never lets the GIL go. The records are made
    again in every task: on a free-threaded build, threads that share them would contend for their reference counts.
    """
    before = [_record(number) for number in range(records)]
    text = json.dumps(before)
    if json.loads(text) != before:
        raise ValueError(f"{records} records changed on their way through JSON")
    return len(text)


def _record(number: int) -> dict[str, object]:
    return {
        "id": number,
        "name": f"record {number}",
        "price": number / 7,
        "active": number % 2 == 0,
        "tags": ["red", "green", "blue"],
        "parent": None,
        "place": {"row": number // 100, "column": number % 100},
    }
