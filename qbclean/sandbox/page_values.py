"""What the pages show of documents and reports, in a bookkeeper's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from qbclean.sandbox.company import Company
from qbclean.sandbox.entities.group_lines import members_of
from qbclean.sandbox.entities.payment_links import applied_lines
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
    """Return a document another one names, with the amount by which the two are linked."""
    entity = _LINK_ENTITIES.get(kind, kind)
    linked = company.document(entity, object_id) or {"Id": object_id}
    shown = summary(entity, linked)
    return {**shown, "amount": amount}


def linked_from(company: Company, to: Wire, document: tuple[str, str]) -> dict[str, Any]:
    """Return a link another document made, with the amount that one applies to this (None where it applies none)."""
    shown = link(company, to["TxnType"], to["TxnId"], None)
    amount = applied_lines(company.document(shown["entity"], to["TxnId"])).get(document)
    return {**shown, "amount": amount}


def shown_lines(company: Company, stored: Wire) -> Iterator[dict[str, Any]]:
    """Yield what the lines of a document say; a bundle is followed by its members."""
    for line in stored.get("Line") or ():
        if line.get("DetailType") == "SubTotalLineDetail":
            continue
        yield _shown_line(company, line)
        for member in members_of(line):
            yield {**_shown_line(company, member), "number": "", "inside": True}


def _shown_line(company: Company, line: Wire) -> dict[str, Any]:
    detail = line.get(str(line.get("DetailType", ""))) or {}
    detail = detail if isinstance(detail, dict) else {}
    count = f"{detail['Qty']:g} × {detail['UnitPrice']:,}" if detail.get("Qty") and detail.get("UnitPrice") else ""
    return {
        "number": line.get("LineNum", ""),
        "what": _line_text(company, line, detail),
        "count": count,
        "amount": amount_of(line, "Amount"),
    }


def _line_text(company: Company, line: Wire, detail: Wire) -> str:
    """Return what a line is for: its words, else its item or account, else what it is applied to."""
    refs = (detail.get(name) or {} for name in ("ItemRef", "GroupItemRef", "AccountRef", "DiscountAccountRef"))
    named = [ref.get("name") for ref in refs]
    if detail.get("PostingType"):
        who = ((detail.get("Entity") or {}).get("EntityRef") or {}).get("name")
        posted = " · ".join(filter(None, (detail["PostingType"], *named, who, line.get("Description"))))
        return str(posted)
    linked = (link(company, to["TxnType"], to["TxnId"], None) for to in line.get("LinkedTxn") or ())
    links = ", ".join(f"{to['kind']} {to['number']}" for to in linked)
    found = (line.get("Description"), *named, links)
    return next((str(text) for text in found if text), "Line")


def summary(entity: str, stored: Wire) -> dict[str, Any]:
    """Return what a list shows of a document."""
    party = stored.get("CustomerRef") or stored.get("VendorRef") or {}
    return {
        "entity": entity,
        "kind": DOCUMENTS.get(entity, entity),
        "id": stored["Id"],
        "date": stored.get("TxnDate", ""),
        "due": stored.get("DueDate", ""),
        "number": stored.get("DocNumber") or stored.get("PaymentRefNum") or f"#{stored['Id']}",
        "customer": party.get("name") or party.get("value", ""),
        "customer_id": (stored.get("CustomerRef") or {}).get("value"),
        "total": amount_of(stored, "TotalAmt") or amount_of(stored, "Amount"),
        "open": amount_of(stored, "UnappliedAmt" if entity == "Payment" else "Balance"),
        "void": is_voided(stored),
    }
