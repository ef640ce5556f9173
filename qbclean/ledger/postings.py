"""Double entry of every document on accrual basis, and the parts a sale is made of on either basis.

Debits are positive, credits negative; the postings of one document add up to zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from qbclean.ledger.chart import UNEXPLAINED, UNKNOWN_INCOME, Chart
from qbclean.ledger.lines import DISCOUNT, leaves
from qbclean.model.documents import (
    AnyDocument,
    CreditMemo,
    Deposit,
    Invoice,
    JournalEntry,
    Payment,
    Ref,
    RefundReceipt,
    SalesDocument,
    SalesReceipt,
    TxnTaxDetail,
)
from qbclean.model.money import total
from qbclean.model.refs import DocumentRef


class Posting(NamedTuple):
    """One entry in one account. `agency` is the tax agency's id on sales tax, else ""."""

    document: DocumentRef
    day: date
    account: str
    amount: Decimal
    agency: str = ""


class Part(NamedTuple):
    """What a sale consists of: income, discount (negative) or tax, each with its account."""

    account: str
    amount: Decimal
    agency: str = ""


def parts(chart: Chart, sale: SalesDocument) -> tuple[Part, ...]:
    """The parts of `sale`, adding up to its total: lines in their order, then tax per agency in its order.

    What lines and tax do not explain of the total is Uncategorized Income, a part of its own.
    """
    found: list[Part] = []
    rest = sale.total_amt - sale.total_tax
    for line, amount in leaves(sale.line):
        if not amount:
            continue
        rest -= amount
        if line.detail_type == DISCOUNT:
            detail = line.discount_line_detail
            given = detail.discount_account_ref if detail else None
            found.append(Part(given.value if given else chart.discounts, amount))
        else:
            sold = line.sales_item_line_detail
            found.append(Part(chart.income_account(sold.item_ref if sold else None), amount))
    if rest:
        found.append(Part(UNKNOWN_INCOME.id, rest))
    tax = sale.txn_tax_detail
    if tax.tax_line or tax.total_tax:
        found += (part for part in _taxes(chart, tax) if part.amount)
    return tuple(found)


def accrual(chart: Chart, document: AnyDocument) -> Iterator[Posting]:
    """What `document` posts on accrual basis, at its own date."""
    match document:
        case Invoice():
            yield from _entry(document, chart.receivable, document.total_amt - document.deposit)
            yield from deposit_taken(chart, document)
            yield from _sold(chart, document, sign=-1)
        case CreditMemo():
            yield from _entry(document, chart.receivable, -document.total_amt)
            yield from _sold(chart, document, sign=1)
        case Payment():
            yield from money_in(chart, document)
            yield from _entry(document, chart.receivable, -document.total_amt)
        case _:
            yield from at_own_date(chart, document)


def posts_alike(one: AnyDocument, two: AnyDocument) -> bool:
    """True when two versions of a sale or payment plainly post the same on accrual basis, whatever their links and
    balances; False when they may not."""
    if one.txn_date != two.txn_date or one.total_amt != two.total_amt:
        return False
    match one, two:
        case Payment(), Payment():
            return one.deposit_to_account_ref == two.deposit_to_account_ref
        case Invoice(), Invoice():
            return not one.deposit and not two.deposit and _sold_alike(one, two)
        case CreditMemo(), CreditMemo():
            return _sold_alike(one, two)
        case _:
            return False


def _sold_alike(one: SalesDocument, two: SalesDocument) -> bool:
    return one.line is two.line and one.txn_tax_detail is two.txn_tax_detail


def at_own_date(chart: Chart, document: SalesReceipt | RefundReceipt | Deposit | JournalEntry) -> Iterator[Posting]:
    """What posts the same on both bases: money that changes hands at once, and journal lines (contract 13)."""
    match document:
        case SalesReceipt():
            yield from _entry(document, till(chart, document.deposit_to_account_ref), document.total_amt)
            yield from _sold(chart, document, sign=-1)
        case RefundReceipt():
            yield from _entry(document, till(chart, document.deposit_to_account_ref), -document.total_amt)
            yield from _sold(chart, document, sign=1)
        case Deposit():
            yield from _deposited(chart, document)
        case JournalEntry():
            yield from _journal(document)


def money_in(chart: Chart, payment: Payment) -> Iterator[Posting]:
    """The receipt of a payment in bank or Undeposited Funds, at its date: the same on both bases."""
    yield from _entry(payment, till(chart, payment.deposit_to_account_ref), payment.total_amt)


def deposit_taken(chart: Chart, invoice: Invoice) -> Iterator[Posting]:
    """Money taken with the invoice itself."""
    yield from _entry(invoice, till(chart, invoice.deposit_to_account_ref), invoice.deposit)


def _entry(document: AnyDocument, account: str, amount: Decimal) -> Iterator[Posting]:
    if amount:
        yield Posting(document.ref, document.txn_date, account, amount)


def _sold(chart: Chart, sale: AnyDocument, *, sign: int) -> Iterator[Posting]:
    if isinstance(sale, SalesDocument):
        for part in parts(chart, sale):
            yield Posting(sale.ref, sale.txn_date, part.account, sign * part.amount, part.agency)


def _deposited(chart: Chart, deposit: Deposit) -> Iterator[Posting]:
    """Linked receipts come out of Undeposited Funds; cash back is what the lines have more than the total."""
    yield from _entry(
        deposit, deposit.deposit_to_account_ref.value if deposit.deposit_to_account_ref else "", deposit.total_amt
    )
    for line in deposit.line:
        detail = line.deposit_line_detail
        account = detail.account_ref.value if detail and detail.account_ref else UNEXPLAINED.id
        yield from _entry(deposit, chart.undeposited if line.linked_txn else account, -line.amount)
    yield from _entry(deposit, UNEXPLAINED.id, total(line.amount for line in deposit.line) - deposit.total_amt)


def _journal(entry: JournalEntry) -> Iterator[Posting]:
    for line in entry.line:
        detail = line.journal_entry_line_detail
        if detail and detail.account_ref:
            yield from _entry(
                entry, detail.account_ref.value, line.amount if detail.posting_type == "Debit" else -line.amount
            )


def _taxes(chart: Chart, tax: TxnTaxDetail) -> Iterator[Part]:
    left = tax.total_tax
    for line in tax.tax_line:
        rate = line.tax_line_detail.tax_rate_ref if line.tax_line_detail else None
        yield Part(chart.sales_tax, line.amount, chart.agency(rate))
        left -= line.amount
    yield Part(chart.sales_tax, left)


def till(chart: Chart, account: Ref | None) -> str:
    """Where a receipt lands: Undeposited Funds unless the document says otherwise (contract 6.4)."""
    return account.value if account else chart.undeposited
