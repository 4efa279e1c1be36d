"""Tables that fit a terminal."""

from __future__ import annotations

from services.views.columns import WIDTH, columns

HEAD = ("memory", "per slot", "slots that fit")


def test_columns_are_as_wide_as_their_longest_cell_and_figures_are_aligned_to_the_right() -> None:
    shown = columns(HEAD, [("threads", "8 KiB", "20"), ("prefork", "11.2 MiB", "8")], right=frozenset({1, 2}))
    assert shown.splitlines() == [
        "memory   per slot  slots that fit",
        "threads     8 KiB              20",
        "prefork  11.2 MiB               8",
    ]


def test_a_first_cell_that_leaves_no_room_has_a_line_of_its_own() -> None:
    name = "prefork " + "limit=2000 " * 6
    shown = columns(HEAD, [(name, "11.2 MiB", "8"), ("threads", "8 KiB", "20")], right=frozenset({1, 2})).splitlines()
    assert shown[1] == name
    assert shown[2] == "         11.2 MiB               8"
    assert max(len(line) for line in shown if line != name) <= WIDTH
