"""The warning that a company's connection to QuickBooks is about to end (R44)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from qbclean.model.connection import ConnectionEnd, EndCause
from qbclean.report.words import counted

_WORDS: Final[dict[EndCause, tuple[str, str]]] = {
    "unused": (
        "Intuit ends a connection that is not used for about 100 days",
        "Any command that reads QuickBooks keeps it up, such as `qbclean pull`.",
    ),
    "five years": (
        "Intuit ends every connection five years after it was made, also one in use",
        "Run `qbclean connect` before, and nothing is interrupted.",
    ),
}
"""Why it ends, and what to do before."""


def connection_ending(name: str, end: ConnectionEnd, now: datetime) -> str:
    """What ends when, why, and what to do; one line."""
    why, do = _WORDS[end.cause]
    if end.at <= now:
        return f"The connection to {name} ended on {end.at:%Y-%m-%d}: {why}. Run `qbclean connect`."
    left = counted((end.at - now).days, "day")
    return f"The connection to {name} ends on {end.at:%Y-%m-%d}, in {left}: {why}. {do}"
