"""The moments of a run at which the death of the process matters, by name.

A run reports each of them to its `passing` port. Nothing listens in production; the tests let the process die there, at
every moment and for every kind of write (R17, R18).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

Moment = Literal[
    "run started",
    "before the intent",
    "intent kept",
    "reply arrived",
    "outcome kept",
    "looked back",
    "before settling",
    "settled",
    "before the end of the run",
    "run ended",
]
"""`intent kept`: on disk, nothing sent. `reply arrived`: the effect is there, its outcome not on disk yet. `looked
back`: a write in doubt was looked for, nothing is concluded. `before settling`: concluded, perhaps by sending again."""

MOMENTS: tuple[Moment, ...] = get_args(Moment)

Passing = Callable[[Moment, str], None]
"""Told the moment and the action it concerns ("" for the run as a whole)."""


def unwatched(_moment: Moment, _action_id: str) -> None:
    """Nobody listens."""
