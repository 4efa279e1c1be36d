"""What somebody typed, as a number where it is one."""

from __future__ import annotations

from services.planning.typed_values import value


def test_a_number_is_read_as_json_would_write_it() -> None:
    for text, read in [
        ("20000", 20000),
        ("-3", -3),
        ("+4", 4),
        (" 7 ", 7),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
    ]:
        assert value(text) == read
        assert type(value(text)) is type(read)


def test_everything_else_stays_the_text_it_was() -> None:
    for text in [
        "",
        "fast",
        "a=b",
        "1_0",
        "٣",
        "nan",
        "inf",
        "-Infinity",
        "1e999",
        "0x10",
        "1,5",
        "--1",
        "1e",
        "9" * 5000,
    ]:
        assert value(text) == text
