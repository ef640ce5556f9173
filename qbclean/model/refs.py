"""How documents and records are named: kind plus id, the pair QBO itself uses in LinkedTxn."""

from __future__ import annotations

from typing import Literal, NewType

import msgspec

RealmId = NewType("RealmId", str)
"""The company. Digits; opaque."""
SyncToken = NewType("SyncToken", str)
"""A document's version. Opaque: compare for equality only."""

DocumentKind = Literal[
    "Invoice", "Payment", "CreditMemo", "SalesReceipt", "RefundReceipt", "Deposit", "JournalEntry", "Customer"
]
CrmKind = Literal["customer", "job", "invoice", "payment", "credit"]


class DocumentRef(msgspec.Struct, frozen=True, order=True):
    """One object in QuickBooks."""

    kind: DocumentKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


def line_key(ref: DocumentRef, place: int) -> str:
    """The name of one line of a document, by its place."""
    return f"{ref} line {place}"


class CrmRef(msgspec.Struct, frozen=True, order=True):
    """One record in the CRM's export, by the CRM's own id."""

    kind: CrmKind
    id: str

    def __str__(self) -> str:
        return f"CRM {self.kind} {self.id}"
