"""When a connection to QuickBooks ends by itself, told two weeks ahead (R44)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from qbclean.model.refs import RealmId

NOTICE = timedelta(days=14)
LONGEST = timedelta(days=5 * 365)
"""Intuit ends every consent after five years, however much it was used (contract 2.4)."""

EndCause = Literal["unused", "five years"]


class ConnectionEnd(msgspec.Struct, frozen=True, kw_only=True):
    """unused: any use before `at` moves it on, by about 100 days. five years: only a new consent does."""

    realm_id: RealmId
    at: datetime
    cause: EndCause

    @classmethod
    def of(cls, realm_id: RealmId, *, connected_at: datetime, unused_until: datetime | None) -> ConnectionEnd:
        """The nearer of the two ends; `unused_until` is what Intuit said last, None when it said nothing."""
        whole = connected_at + LONGEST
        if unused_until is not None and unused_until < whole:
            return cls(realm_id=realm_id, at=unused_until, cause="unused")
        return cls(realm_id=realm_id, at=whole, cause="five years")

    def is_near(self, now: datetime) -> bool:
        """True from two weeks before the end on, and after it."""
        return self.at - now <= NOTICE
