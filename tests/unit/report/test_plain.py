"""Text from books and exports is harmless to look at (R39)."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from qbclean.report.plain import is_plain, plain


def test_ordinary_names_are_left_as_they_are() -> None:
    for name in ("Acme Roofing", "Grüße & Söhne", "O'Brien [bold]x[/]", "株式会社", "Zoë 🙂", ""):
        assert plain(name) == name


def test_escape_sequences_and_direction_marks_are_shown_instead_of_obeyed() -> None:
    assert plain("Acme\x1b[2J") == "Acme\\x1b[2J"
    assert plain("invoice\u202e0001") == "invoice\\u202e0001"
    assert plain("a\nb\tc\rd") == "a b c d"
    assert plain("\x9b31m") == "\\x9b31m"


@given(st.text())
def test_nothing_unsafe_survives_whatever_the_name_is(text: str) -> None:
    """R39: 0 raw control, format, surrogate or separator characters."""
    shown = plain(text)
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert is_plain(shown)
