"""Remarks about an import: one sentence per kind of oddity with its first examples, however often it occurs."""

from __future__ import annotations

_SHOWN = 5


class Remarks:
    """Collects examples by sentence, in the order they were first seen."""

    def __init__(self) -> None:
        self._examples: dict[str, list[str]] = {}

    def add(self, sentence: str, example: str = "") -> None:
        """`sentence` says what is odd and is the same for all its examples."""
        self._examples.setdefault(sentence, []).append(example)

    def lines(self) -> tuple[str, ...]:
        """`Sentence: first, second … and 7 more.`"""
        return tuple(_line(sentence, examples) for sentence, examples in self._examples.items())


def _line(sentence: str, examples: list[str]) -> str:
    named = [example for example in examples if example]
    if not named:
        return f"{sentence}."
    more = f" and {len(named) - _SHOWN:,} more" if len(named) > _SHOWN else ""
    return f"{sentence}: {', '.join(named[:_SHOWN])}{more}."
