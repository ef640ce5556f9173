"""The computer's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime


class SystemClock:
    """A `Clock` port. `today` is the user's own calendar day, as QuickBooks' TxnDate is a local date."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return datetime.now().astimezone().date()
