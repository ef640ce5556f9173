"""Remarks about an import: one sentence per kind of oddity with its first examples, however often it occurs."""

from __future__ import annotations

_SHOWN = 5


class Remarks:
    """Collects examples by sentence, in the order they were first seen; of most it keeps only the number."""

    def __init__(self) -> None:
        self._examples: dict[str, list[str]] = {}
        self._more: dict[str, int] = {}

    def add(self, sentence: str, example: str = "") -> None:
        """`sentence` says what is odd and is the same for all its examples."""
        examples = self._examples.setdefault(sentence, [])
        if example and len(examples) < _SHOWN:
            examples.append(example)
        elif example:
            self._more[sentence] = self._more.get(sentence, 0) + 1

    def lines(self) -> tuple[str, ...]:
        """`Sentence: first, second … and 7 more.`"""
        return tuple(self._line(sentence, examples) for sentence, examples in self._examples.items())

    def _line(self, sentence: str, examples: list[str]) -> str:
        if not examples:
            return f"{sentence}."
        more = f" and {self._more[sentence]:,} more" if sentence in self._more else ""
        return f"{sentence}: {', '.join(examples)}{more}."
