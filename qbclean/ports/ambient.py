"""The clock, the user and the screen, as the workflows see them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def today(self) -> date: ...


class Progress(Protocol):
    """Where long work reports how far it is; only the CLI knows whether there is a terminal."""

    def start(self, label: str, total: int | None = None) -> None: ...

    def advance(self, steps: int = 1, amount: Decimal | None = None) -> None: ...

    def finish(self) -> None: ...


class StopSignal(Protocol):
    """Asked between writes: after the first Ctrl-C the write in flight is finished, then the run stops (R56)."""

    def requested(self) -> bool: ...
