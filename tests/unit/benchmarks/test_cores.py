"""Which processes the benchmark of cores takes for measured workers."""

from __future__ import annotations

from benchmarks.cores import is_measured


def test_a_worker_is_known_by_the_argument_that_names_the_bundle() -> None:
    assert is_measured(b"python\0-P\0-m\0concurrency_lab_inside\0prefork\0002\0")
    assert is_measured(b"python\0/somewhere/concurrency_lab_inside\0prefork\0002\0")


def test_a_shell_that_searches_for_the_bundle_is_no_worker() -> None:
    assert not is_measured(b"bash\0-c\0grep -rn concurrency_lab_inside services\0")
