"""What reports call each kind of transaction, and the values of `transaction_type` that choose it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qbclean.sandbox.reports.errors import ReportParameterError

SHOWN_AS = {
    "Invoice": "Invoice",
    "InvoiceDeposit": "Invoice",
    "Payment": "Payment",
    "CreditMemo": "Credit Memo",
    "SalesReceipt": "Sales Receipt",
    "RefundReceipt": "Refund",
    "Estimate": "Estimate",
    "Deposit": "Deposit",
    "JournalEntry": "Journal Entry",
    "Bill": "Bill",
    "VendorCredit": "Vendor Credit",
    "BillPayment": "Bill Payment",
    "Purchase": "Expense",
    "PurchaseOrder": "Purchase Order",
    "CreditCardPayment": "Credit Card Payment",
    "Transfer": "Transfer",
}
NON_POSTING = ("Estimate", "PurchaseOrder")

# value of transaction_type: entity, and what must hold of the document for several values of one entity
_CHOICES = {
    "ReceivePayment": "Payment",
    "CreditRefund": "RefundReceipt",
    "Refund": "RefundReceipt",
    "BillPaymentCheck": "BillPayment",
    "BillPaymentCreditCard": "BillPayment",
    "Check": "Purchase",
    "Expense": "Purchase",
    "CashPurchase": "Purchase",
    "CreditCardCharge": "Purchase",
    "CreditCardCredit": "Purchase",
}


def shown_type(kind: str, document: Mapping[str, Any] | None) -> str:
    """Return the words for a transaction; an expense is named by how it was paid."""
    if kind == "Purchase" and document:
        if document.get("PaymentType") == "Check":
            return "Check"
        if document.get("Credit"):
            return "Credit Card Credit"
    if kind == "BillPayment" and document:
        return "Bill Payment (Credit Card)" if document.get("PayType") == "CreditCard" else "Bill Payment (Check)"
    return SHOWN_AS[kind]


def chosen_kinds(values: tuple[str, ...]) -> frozenset[str] | None:
    """Return the entities that values of `transaction_type` stand for, or None where none were given."""
    if not values:
        return None
    known = {value.casefold(): entity for value, entity in {**{k: k for k in SHOWN_AS}, **_CHOICES}.items()}
    kinds = set()
    for value in values:
        entity = known.get(value.casefold().replace(" ", ""))
        if entity is None:
            raise ReportParameterError("transaction_type", value, "there is no such transaction type.")
        kinds.add(entity)
    return frozenset(kinds)
