"""Text from outside in a log or a terminal."""

from __future__ import annotations

from services.core.safe_text import plain


def test_text_is_one_line_of_printable_characters() -> None:
    assert plain("a\nFAKE LINE\x1b[31m") == "a\\nFAKE LINE\\x1b[31m"
    assert plain("\u202eright\ud800") == "\\u202eright\\ud800"
    assert plain("zwölf µs 日本") == "zwölf µs 日本"
    assert plain(ValueError("x\ty")) == "x\\ty"


def test_long_text_is_cut() -> None:
    assert plain("x" * 300) == "x" * 200 + "…"
    assert plain("abc", 2) == "ab…"
