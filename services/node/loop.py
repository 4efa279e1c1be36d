"""`python -I -S loop.py`: one process of the reference loop. Standard library only, and little of it.

Writes `ready`, then answers each line `BEGIN END` (CLOCK_MONOTONIC, ns) with `PASSES ELAPSED`: the passes of the loop
that it finished between the two moments, and how long they took, in ns. Ends at the end of its input, so when its
parent dies.
"""

from __future__ import annotations

import sys
import time

#: Additions in one pass, about 0.1 ms: short beside the window, long beside reading the clock.
ADDITIONS = 2_000
#: Passes before `ready`: the interpreter specialises its code, the core raises its clock rate.
WARM_UP = 200


def one_pass() -> int:
    """Do the fixed piece of work: integer arithmetic, no allocation that grows."""
    total = 0
    for number in range(ADDITIONS):
        total += number * number % 7
    return total


def count(begin: int, end: int) -> tuple[int, int]:
    """Passes finished in the window, and the ns from its begin to the last of them."""
    time.sleep(max(0, begin - time.monotonic_ns()) / 1e9)
    passes, last = 0, begin
    while True:
        one_pass()
        now = time.monotonic_ns()
        if now > end:
            return passes, last - begin
        passes, last = passes + 1, now


def main() -> None:
    """Answer orders until there are no more."""
    for _ in range(WARM_UP):
        one_pass()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        begin, end = map(int, line.split())
        passes, elapsed = count(begin, end)
        sys.stdout.write(f"{passes} {elapsed}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
