"""What the pages show of documents and reports, in a bookkeeper's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from qbclean.sandbox.company import Company
from qbclean.sandbox.entities.voiding import is_voided
from qbclean.sandbox.wire import amount_of

Wire = Mapping[str, Any]

DOCUMENTS = {
    "Invoice": "Invoice",
    "Payment": "Payment",
    "CreditMemo": "Credit memo",
    "Deposit": "Deposit",
    "SalesReceipt": "Sales receipt",
    "RefundReceipt": "Refund receipt",
    "Estimate": "Estimate",
    "JournalEntry": "Journal entry",
    "Bill": "Bill",
    "BillPayment": "Bill payment",
    "VendorCredit": "Vendor credit",
    "Purchase": "Purchase",
    "PurchaseOrder": "Purchase order",
    "Transfer": "Transfer",
    "CreditCardPayment": "Credit card payment",
}
"""Entity → what the page calls one of them."""

_LINK_ENTITIES = {"BillPaymentCheck": "BillPayment", "BillPaymentCreditCard": "BillPayment"}


def link(company: Company, kind: str, object_id: str, amount: Decimal | None) -> dict[str, Any]:
    entity = _LINK_ENTITIES.get(kind, kind)
    linked = company.document(entity, object_id) or {"Id": object_id}
    shown = summary(entity, linked)
    return {**shown, "amount": amount}


def line_text(line: Wire) -> str:
    """Return what a line is for: its words, else its item or account, else what it is applied to."""
    detail = line.get(str(line.get("DetailType", ""))) or {}
    named = (detail.get(name) or {} for name in ("ItemRef", "AccountRef", "DiscountAccountRef"))
    links = ", ".join(f"{link['TxnType']} {link['TxnId']}" for link in line.get("LinkedTxn") or ())
    found = (line.get("Description"), *(ref.get("name") for ref in named), detail.get("PostingType"), links)
    return next((str(text) for text in found if text), "Line")


def report_rows(rows: list[Wire], depth: int) -> Iterator[dict[str, Any]]:
    for row in rows:
        for part, total in (("Header", False), ("ColData", False), ("Rows", False), ("Summary", True)):
            content = row.get(part)
            if part == "Rows" and content:
                yield from report_rows(content.get("Row", ()), depth + 1)
            elif content:
                cells = content if isinstance(content, list) else content.get("ColData", ())
                yield {"cells": [cell.get("value", "") for cell in cells], "depth": depth, "total": total}


def summary(entity: str, stored: Wire) -> dict[str, Any]:
    party = stored.get("CustomerRef") or stored.get("VendorRef") or {}
    return {
        "entity": entity,
        "kind": DOCUMENTS.get(entity, entity),
        "id": stored["Id"],
        "date": stored.get("TxnDate", ""),
        "number": stored.get("DocNumber") or stored.get("PaymentRefNum") or f"#{stored['Id']}",
        "customer": party.get("name") or party.get("value", ""),
        "customer_id": (stored.get("CustomerRef") or {}).get("value"),
        "total": amount_of(stored, "TotalAmt") or amount_of(stored, "Amount"),
        "open": amount_of(stored, "UnappliedAmt" if entity == "Payment" else "Balance"),
        "void": is_voided(stored),
    }
