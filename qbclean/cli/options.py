"""The options every command understands, wherever on the line they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_WITH_VALUE: Final = ("--home", "--company")
_SWITCHES: Final = ("--json", "--quiet", "--verbose", "-v", "-vv", "--no-input")
_OWN_OPTIONS: Final = "sandbox"
"""The one command group whose `--company` means something else (a folder); it is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked of the whole program. `home` and `company` are None when not given."""

    home: Path | None = None
    company: str | None = None
    as_json: bool = False
    quiet: bool = False
    verbosity: int = 0
    no_input: bool = False


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The arguments with the global options moved before the command, so `qbclean check --json` works as well.

    Nothing after `--` is touched, nor anything that belongs to `qbclean sandbox`.
    """
    front: list[str] = []
    rest: list[str] = []
    pending = iter(arguments)
    for argument in pending:
        name, given, _ = argument.partition("=")
        if argument in _SWITCHES or (given and name in _WITH_VALUE):
            front.append(argument)
        elif argument in _WITH_VALUE:
            front += [argument, *_next(pending)]
        elif argument == "--" or (argument == _OWN_OPTIONS and not rest):
            rest += [argument, *pending]
        else:
            rest.append(argument)
    return front + rest


def _next(pending: object) -> list[str]:
    value = next(pending, None)  # type: ignore[call-overload]
    return [] if value is None else [value]
