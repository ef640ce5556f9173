"""Where a person sees a document in QuickBooks itself, and who changed it there."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from qbclean.model.books import Environment
from qbclean.model.refs import DocumentKind, DocumentRef

_HOSTS: Final[dict[Environment, str]] = {
    "production": "https://app.qbo.intuit.com",
    "sandbox": "https://app.sandbox.qbo.intuit.com",
}
_PAGES: Final[dict[DocumentKind, str]] = {
    "Invoice": "invoice?txnId=",
    "Payment": "recvpayment?txnId=",
    "CreditMemo": "creditmemo?txnId=",
    "SalesReceipt": "salesreceipt?txnId=",
    "RefundReceipt": "refundreceipt?txnId=",
    "Deposit": "deposit?txnId=",
    "JournalEntry": "journal?txnId=",
    "Customer": "customerdetail?nameId=",
}
"""The addresses QuickBooks' own pages have in the browser; Intuit documents none of them."""
AUDIT_HISTORY: Final = "signed in to that company; More, then Audit history shows who changed it there"


def document_url(ref: DocumentRef, environment: Environment, local: str = "") -> str:
    """The page of `ref` for somebody signed in to the company; `local` is the address of a sandbox of our own.

    "" where there is none: an environment without pages, or an Id that only a run would know.
    """
    if ref.id.startswith("$"):
        return ""
    if environment == "local":
        page = "customers" if ref.kind == "Customer" else f"documents/{ref.kind}"
        return f"{local.rstrip('/')}/company/{page}/{quote(ref.id, safe='')}" if local else ""
    return f"{_HOSTS[environment]}/app/{_PAGES[ref.kind]}{quote(ref.id, safe='')}"
