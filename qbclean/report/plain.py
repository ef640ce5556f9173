"""Makes text from books and exports harmless to look at: no control codes, no marks that reorder what is read (R39)."""

from __future__ import annotations

import unicodedata

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control, format (bidirectional and zero-width marks among them), surrogate, line and paragraph separators."""


def is_plain(text: str) -> bool:
    """True when `text` holds nothing that a terminal or a reader could take for something else."""
    return (text.isascii() and text.isprintable()) or not any(unicodedata.category(char) in _UNSAFE for char in text)


def plain(text: str) -> str:
    """`text` on one line, every unsafe character shown as its escape (`\\x1b`, `\\u202e`) instead of being obeyed."""
    if is_plain(text):
        return text
    return "".join(_shown(char) if unicodedata.category(char) in _UNSAFE else char for char in text)


def _shown(char: str) -> str:
    if char in "\t\n\r":
        return " "
    return char.encode("ascii", "backslashreplace").decode("ascii") if ord(char) > 0x7F else f"\\x{ord(char):02x}"
