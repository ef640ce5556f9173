"""An invoice's status: one rule for all CRMs (crm-formats.md 1)."""

from __future__ import annotations

from decimal import Decimal

from qbclean.model.crm import CrmStatus


def settled_status(said: CrmStatus, total: Decimal, balance: Decimal | None) -> tuple[CrmStatus, tuple[str, ...]]:
    """The status that counts, and flags for what contradicts it.

    Only `open` is refined by the balance. Draft, void, paid and written off stay as the CRM says: a paid invoice with
    a balance is a case to report, not to mend in silence.
    """
    if balance is None:
        return said, ()
    if said == "paid":
        return said, ("paid_with_balance",) if balance > 0 else ()
    if said == "open" and balance <= 0:
        return "paid", ()
    if said == "open" and balance < total:
        return "partial", ()
    return said, ()
