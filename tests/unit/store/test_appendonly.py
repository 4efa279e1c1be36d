"""Names and order of the store's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.store import appendonly


def base(number: int, kind: str = "rdb") -> str:
    return f"appendonly.aof.{number}.base.{kind}"


def incr(number: int) -> str:
    return f"appendonly.aof.{number}.incr.aof"


@pytest.mark.parametrize(
    ("there", "order"),
    [
        ((), ()),
        ((incr(1), base(1)), (base(1), incr(1))),
        ((incr(10), incr(9), base(3)), (base(3), incr(9), incr(10))),
        ((base(1), base(2), incr(4), incr(5)), (base(2), incr(5))),
        ((incr(2), "temp-rewriteaof-1.aof", "appendonly.aof.manifest"), (incr(2),)),
        ((base(1, "aof"), incr(1)), (base(1, "aof"), incr(1))),
    ],
)
def test_files_are_loaded_in_the_order_of_their_numbers(there: tuple[str, ...], order: tuple[str, ...]) -> None:
    assert appendonly.in_order(there) == order


def test_a_manifest_that_was_made_again_reads_as_what_it_lists(tmp_path: Path) -> None:
    order = (base(3), incr(9), incr(10))
    (tmp_path / appendonly.MANIFEST).write_text(appendonly.manifest(order), encoding="utf-8")
    assert appendonly.listed(tmp_path) == order


@pytest.mark.parametrize("text", ["", "no manifest", "file a seq x type b", "\0" * 88])
def test_a_manifest_with_other_content_lists_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / appendonly.MANIFEST).write_text(text, encoding="utf-8")
    assert appendonly.listed(tmp_path) is None


def test_a_manifest_of_which_one_line_cannot_be_read_lists_nothing(tmp_path: Path) -> None:
    whole = appendonly.manifest((base(3), incr(9), incr(10)))
    (tmp_path / appendonly.MANIFEST).write_text(f"{whole}garbage\n", encoding="utf-8")
    assert appendonly.listed(tmp_path) is None


def test_an_annotation_with_the_time_is_a_part_of_what_is_whole(tmp_path: Path) -> None:
    file = tmp_path / incr(1)
    content = b"#TS:1700000000\r\n*1\r\n$4\r\nPING\r\n"
    file.write_bytes(content + b"#TS:17")
    assert appendonly.whole(file) == len(content)


def test_a_count_that_promises_more_than_the_file_has_is_damage(tmp_path: Path) -> None:
    for content in (
        b"*0\r\n",
        b"*1\r\n$99999999999\r\nPING\r\n",
        b"*99999999\r\n$4\r\nPING\r\n",
        b"*-1\r\n",
        b"*1\r\n",
    ):
        file = tmp_path / incr(1)
        file.write_bytes(content)
        assert appendonly.whole(file) == 0, content
