"""Names of cells, groups and parameters."""

from __future__ import annotations

from services.core.labels import assignment, call, label, listed, variant_label


def test_the_name_of_a_cell_holds_everything_that_distinguishes_it() -> None:
    assert label("threads", concurrency=4) == "threads@4"
    assert label("threads", concurrency=4, replicas=2) == "threads@4x2"
    assert label("prefork", concurrency=1, variant={"kind": "pipe"}, rate=50.0) == "prefork@1 kind=pipe at 50/s"


def test_a_group_of_several_concurrencies_is_named_by_its_model_and_nodes() -> None:
    assert label("threads") == "threads"
    assert label("threads", replicas=2, variant={"limit": 2000}) == "threads x2 limit=2000"


def test_values_that_differ_in_a_late_digit_have_different_labels() -> None:
    assert assignment("cpu_share", 0.1000001) == "cpu_share=0.1000001"
    assert label("threads", concurrency=2, rate=123.4561) == "threads@2 at 123.4561/s"


def test_a_workload_is_shown_as_a_call() -> None:
    assert call("primes", {"limit": 20_000, "kind": "two words"}) == 'primes(limit=20000, kind="two words")'


def test_a_variant_is_named_by_its_values_with_their_units() -> None:
    units = {"message_bytes": "bytes", "milliseconds": "ms"}
    assert variant_label({"message_bytes": 1_048_576}, units) == "1 MiB"
    assert variant_label({"message_bytes": 1536}, units) == "1.50 KiB"
    assert variant_label({"kind": "pipe", "milliseconds": 50, "limit": 2000}, units) == "kind pipe, 50 ms, limit 2,000"


def test_a_list_ends_in_a_conjunction_or_in_the_number_of_those_left_out() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"], last="or") == "a, b or c"
    assert listed(list("abcde"), most=3) == "a, b and 3 more"
