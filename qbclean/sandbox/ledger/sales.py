"""What sales documents post: invoices, credit memos, sales receipts and refund receipts.

A line is booked to its item's income account (which may be a liability, as with customer deposits), a discount
to its discount account, tax to the payable of its agency. What the total has beyond lines and tax, as on an
invoice that was synced without its lines, is Uncategorized Income. Left out: cost of goods sold and stock
quantities, shipping as an account of its own, foreign currency (amounts are taken at face value).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from qbclean.sandbox.ledger.chart import Chart
from qbclean.sandbox.ledger.posting import INVOICE_DEPOSIT, Entry, Posting, document_entry
from qbclean.sandbox.ledger.wire_values import cents, detail, ref


class _Sale(NamedTuple):
    """What the lines of one sales document have in common."""

    chart: Chart
    sign: int
    customer: str
    class_id: str
    department: str

    def posting(self, account: str, amount: int, item: str = "", class_id: str = "", memo: str = "") -> Posting:
        """Return what an amount of the document's total posts to the account of its line."""
        signed = -self.sign * amount
        return Posting(account, signed, self.customer, "", item, class_id or self.class_id, self.department, memo)


def invoice_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the invoice (debit A/R, credit its lines) and, where money was taken with it, that money."""
    receivable = ref(document, "ARAccountRef") or chart.receivable
    invoice = _sale(document, chart, today, kind="Invoice", own_account=receivable, sign=1)
    yield invoice
    taken = cents(document.get("Deposit"))
    if taken:
        customer = ref(document, "CustomerRef")
        into = ref(document, "DepositToAccountRef") or chart.undeposited
        postings = (Posting(receivable, -taken, customer), Posting(into, taken, customer))
        yield invoice._replace(kind=INVOICE_DEPOSIT, postings=postings)


def credit_memo_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the credit memo: credit A/R, debit its lines and tax."""
    receivable = ref(document, "ARAccountRef") or chart.receivable
    yield _sale(document, chart, today, kind="CreditMemo", own_account=receivable, sign=-1)


def sales_receipt_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the receipt: debit where the money went, credit its lines and tax."""
    into = ref(document, "DepositToAccountRef") or chart.undeposited
    yield _sale(document, chart, today, kind="SalesReceipt", own_account=into, sign=1)


def refund_receipt_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the refund: credit where the money left, debit its lines and tax."""
    out_of = ref(document, "DepositToAccountRef") or chart.undeposited
    yield _sale(document, chart, today, kind="RefundReceipt", own_account=out_of, sign=-1)


def _sale(document: Mapping[str, Any], chart: Chart, today: date, *, kind: str, own_account: str, sign: int) -> Entry:
    """Return the entry with the document's total on its own account and the rest split over the lines."""
    customer, department = ref(document, "CustomerRef"), ref(document, "DepartmentRef")
    sale = _Sale(chart, sign, customer, ref(document, "ClassRef"), department)
    total = sign * cents(document.get("TotalAmt"))
    postings = [Posting(own_account, total, customer, "", "", "", department)]
    postings.extend(_lines(document.get("Line") or (), sale))
    if tax := document.get("TxnTaxDetail"):
        postings.extend(_tax(tax, sale))
    unexplained = sum([posting.amount for posting in postings])
    if unexplained:
        postings.append(sale.posting(chart.uncategorized_income, sign * unexplained))
    return document_entry(document, kind, today, tuple(postings))


def _lines(lines: Iterable[Mapping[str, Any]], sale: _Sale) -> Iterator[Posting]:
    """Yield the lines that carry money; a discount takes from the total."""
    for line in lines:
        kind = line.get("DetailType")
        if kind == "SubTotalLineDetail":
            continue
        if kind == "GroupLineDetail":
            yield from _lines(detail(line, kind).get("Line") or (), sale)
            continue
        amount = cents(line.get("Amount"))
        if not amount:
            continue
        memo = line.get("Description") or ""
        if kind == "SalesItemLineDetail":
            sold = detail(line, kind)
            item = ref(sold, "ItemRef")
            yield sale.posting(sale.chart.income_account(item), amount, item, ref(sold, "ClassRef"), memo)
        elif kind == "DiscountLineDetail":
            discount = detail(line, kind)
            account = ref(discount, "DiscountAccountRef") or sale.chart.discounts
            yield sale.posting(account, -amount, "", ref(discount, "ClassRef"), memo)


def _tax(tax: Mapping[str, Any], sale: _Sale) -> Iterator[Posting]:
    """Yield the tax per agency; a total without tax lines goes to the general payable."""
    untold = cents(tax.get("TotalTax"))
    for line in tax.get("TaxLine") or ():
        amount = cents(line.get("Amount"))
        untold -= amount
        if amount:
            yield sale.posting(sale.chart.tax_account(ref(detail(line, "TaxLineDetail"), "TaxRateRef")), amount)
    if untold:
        yield sale.posting(sale.chart.sales_tax, untold)
