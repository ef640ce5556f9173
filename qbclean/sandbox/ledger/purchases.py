"""What purchases post: bills, vendor credits, bill payments, expenses and credit card payments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from qbclean.sandbox.ledger.chart import Chart
from qbclean.sandbox.ledger.posting import Entry, Posting, document_entry, payment_links
from qbclean.sandbox.ledger.wire_values import cents, detail, ref


def bill_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the bill: credit A/P, debit its lines."""
    yield _purchase(document, chart, today, kind="Bill", own_account=_payable(document, chart), sign=1)


def vendor_credit_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the vendor's credit: debit A/P, credit its lines."""
    own_account = _payable(document, chart)
    yield _purchase(document, chart, today, kind="VendorCredit", own_account=own_account, sign=-1)


def expense_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the check, expense or card charge: credit the account paid from, debit its lines."""
    sign = -1 if document.get("Credit") else 1
    paid_from = ref(document, "AccountRef") or chart.undeposited
    yield _purchase(document, chart, today, kind="Purchase", own_account=paid_from, sign=sign)


def bill_payment_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the payment of bills: debit A/P, credit the bank or card."""
    total = cents(document.get("TotalAmt"))
    vendor = ref(document, "VendorRef")
    paid_from = (
        ref(detail(document, "CheckPayment"), "BankAccountRef")
        or ref(detail(document, "CreditCardPayment"), "CCAccountRef")
        or chart.undeposited
    )
    payable = Posting(_payable(document, chart), total, vendor=vendor)
    postings = (payable, Posting(paid_from, -total, vendor=vendor))
    yield document_entry(document, "BillPayment", today, postings, payment_links(document))


def card_payment_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the payment of a credit card: credit the bank, debit the card."""
    amount = cents(document.get("Amount"))
    bank = ref(document, "BankAccountRef") or chart.undeposited
    card = Posting(ref(document, "CreditCardAccountRef") or chart.uncategorized_expense, amount)
    yield document_entry(document, "CreditCardPayment", today, (Posting(bank, -amount), card))


def _purchase(
    document: Mapping[str, Any], chart: Chart, today: date, *, kind: str, own_account: str, sign: int
) -> Entry:
    """Return the entry with the total on the document's own account and the rest split over the lines."""
    payee = ref(document, "VendorRef") or ref(document, "EntityRef")
    of_customer = detail(document, "EntityRef").get("type") == "Customer"
    vendor, customer = ("", payee) if of_customer else (payee, "")
    lines: list[Posting] = []
    for line in document.get("Line") or ():
        amount = sign * cents(line.get("Amount"))
        if not amount:
            continue
        by_item = detail(line, "ItemBasedExpenseLineDetail")
        spent = by_item or detail(line, "AccountBasedExpenseLineDetail")
        item = ref(by_item, "ItemRef")
        account = chart.cost_account(item) if by_item else ref(spent, "AccountRef")
        lines.append(
            Posting(
                account or chart.uncategorized_expense,
                amount,
                ref(spent, "CustomerRef") or customer,
                vendor,
                item,
                ref(spent, "ClassRef"),
                ref(document, "DepartmentRef"),
                line.get("Description") or "",
            )
        )
    total = sign * cents(document.get("TotalAmt"))
    unexplained = total - sum(posting.amount for posting in lines)
    if unexplained:
        lines.append(Posting(chart.uncategorized_expense, unexplained, customer, vendor))
    return document_entry(document, kind, today, (Posting(own_account, -total, customer, vendor), *lines))


def _payable(document: Mapping[str, Any], chart: Chart) -> str:
    return ref(document, "APAccountRef") or chart.payable
