"""A packed span table is small and unpacks exactly; any other text is refused."""

from __future__ import annotations

import base64
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from concurrency_lab_inside.stamps import COLUMNS
from services.analysis.trial.spans import SpanTable, pack, unpack
from services.core.codec import Unreadable
from tests.unit.analysis.made import row, table


def like_a_trial(count: int, seed: int = 0) -> SpanTable:
    """Stamps with the jitter of a real trial."""
    random = np.random.default_rng(seed)
    columns = [np.cumsum(random.integers(5_000, 30_000, count)) + 10**15]
    columns += [
        columns[0] + step + random.integers(0, 500_000, count) for step in range(1_000_000, 7_000_000, 1_000_000)
    ]
    columns += [
        random.integers(0, 5_000_000, count),
        random.choice([411, 412], count),
        random.choice([411, 412], count),
    ]
    columns += [np.ones(count, dtype=np.int64)] * 2 + [np.zeros(count, dtype=np.int64)]
    columns += [random.integers(0, 500_000, count), columns[3] - random.integers(0, 50_000, count)]
    columns += [np.zeros(count, dtype=np.int64)] * 2
    return SpanTable(np.stack(columns, axis=1).astype(np.int64))


def anything(count: int, seed: int, bits: int) -> NDArray[np.int64]:
    """Numbers all over the first `bits` bits, of both signs."""
    limit = 2 ** (bits - 1)
    return np.random.default_rng(seed).integers(-limit, limit - 1, (count, COLUMNS), endpoint=True)


def test_any_table_unpacks_exactly() -> None:
    for count, bits in product((0, 1, 2, 3, 100), (1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64)):
        rows = anything(count, seed=bits, bits=bits)
        back = unpack(pack(SpanTable(rows)))
        assert back.rows.dtype == np.int64
        assert np.array_equal(back.rows, rows), (count, bits)


def test_steps_at_the_edge_of_a_width_unpack_exactly() -> None:
    for bits, beyond, sign in product((8, 16, 32), (-1, 0, 1), (-1, 1)):
        step = sign * (2 ** (bits - 1) + beyond)
        rows = table([0] * COLUMNS, [step] * COLUMNS, [step] * COLUMNS)
        assert np.array_equal(unpack(pack(rows)).rows, rows.rows), step


def test_the_ends_of_int64_come_back_exactly() -> None:
    low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    rows = table([low] * COLUMNS, [high] * COLUMNS, [low] * COLUMNS, [0] * COLUMNS)
    assert np.array_equal(unpack(pack(rows)).rows, rows.rows)


def test_a_lost_row_among_others_comes_back_exactly() -> None:
    rows = table(row(0), [0] * COLUMNS, row(1))
    assert np.array_equal(unpack(pack(rows)).rows, rows.rows)


def test_a_part_is_packed_without_the_rest() -> None:
    whole = like_a_trial(100)
    assert np.array_equal(unpack(pack(whole.part(10, 20))).rows, whole.rows[10:20])


def test_a_packed_row_takes_a_third_of_its_size() -> None:
    count = 20_000
    assert len(pack(like_a_trial(count))) < count * COLUMNS * 8 / 3


def test_columns_are_contiguous_after_unpacking() -> None:
    assert unpack(pack(like_a_trial(10))).started.flags.c_contiguous


def test_a_table_cut_short_is_refused() -> None:
    whole = base64.b64decode(pack(like_a_trial(3)))
    for length in range(0, 60, 3):
        assert length < len(whole)
        with pytest.raises(Unreadable, match="not a packed span table"):
            unpack(base64.b64encode(whole[:length]).decode())


def test_garbage_is_refused() -> None:
    for text in ("", "hello", "####", "é", "\x00", "e30=", "A" * 1000):
        with pytest.raises(Unreadable, match="not a packed span table"):
            unpack(text)


def changed(position: int, by: bytes) -> str:
    whole = bytearray(base64.b64decode(pack(like_a_trial(50))))
    whole[position : position + len(by)] = by
    return base64.b64encode(whole).decode()


def test_another_version_is_refused_and_named() -> None:
    with pytest.raises(Unreadable, match="version 5 where 4 is known"):
        unpack(changed(0, b"\x05"))


def test_a_row_count_that_could_not_be_there_is_refused_before_memory_is_taken() -> None:
    with pytest.raises(Unreadable, match="rows cannot come out of"):
        unpack(changed(1, (2**40).to_bytes(8, "little")))


def test_a_wrong_row_count_is_refused() -> None:
    for count in (49, 51):
        with pytest.raises(Unreadable, match=f"not {count - 1} differences"):
            unpack(changed(1, count.to_bytes(8, "little")))


def test_a_wrong_width_is_refused() -> None:
    with pytest.raises(Unreadable, match="table: differences of 3 bytes"):
        unpack(changed(9 + 8, b"\x03"))


def test_damaged_differences_are_refused() -> None:
    with pytest.raises(Unreadable, match="not a packed span table"):
        unpack(changed(9 + 13 + 20, b"\xff\x00\xff"))


def test_differences_without_their_checksum_are_refused() -> None:
    whole = base64.b64decode(pack(like_a_trial(50)))
    length = int.from_bytes(whole[18:22], "little")
    cut = whole[:18] + (length - 4).to_bytes(4, "little") + whole[22 : 22 + length - 4] + whole[22 + length :]
    with pytest.raises(Unreadable, match="not 49 differences"):
        unpack(base64.b64encode(cut).decode())


def test_something_after_the_end_is_refused() -> None:
    whole = base64.b64decode(pack(like_a_trial(3)))
    with pytest.raises(Unreadable, match="were expected"):
        unpack(base64.b64encode(whole + b"\x00").decode())
