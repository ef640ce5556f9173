"""QuickBooks' reports of customers and transactions, read by column key, type and id, never by position (contract 9.1).

They are the independent witness of a run. So a report is taken only if its header repeats what was asked for, and
sections only if they add up; anything else is an error, not a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from qbclean.errors import GatewayError
from qbclean.model.money import ZERO
from qbclean.model.refs import DocumentKind, DocumentRef
from qbclean.qbo import translate
from qbclean.qbo.report_shape import Report, ReportReader, Row, amount_in, unusable

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
TOO_LARGE = "10100"
_SHOWN_KINDS: dict[str, DocumentKind] = {
    "invoice": "Invoice",
    "payment": "Payment",
    "receivepayment": "Payment",
    "creditmemo": "CreditMemo",
    "salesreceipt": "SalesReceipt",
    "refund": "RefundReceipt",
    "refundreceipt": "RefundReceipt",
    "deposit": "Deposit",
    "journalentry": "JournalEntry",
}
"""What the txn_type column says, without spaces and case → our kinds. Other types are none of ours."""


def ar_by_customer(reader: ReportReader, as_of: date) -> Mapping[str, Decimal]:
    """CustomerBalance: customer id → open balance of that customer alone, jobs apart; zero balances are left out."""
    doing = "Reading the CustomerBalance report"
    body = reader.report("CustomerBalance", {"report_date": as_of.isoformat()}, doing)
    report = translate.decode(body, Report, doing)
    if as_of.isoformat() not in (report.header.options().get("report_date"), report.header.end_period):
        raise unusable(f"it is not as of {as_of}")
    name, total = report.column("cust_name", "Customer"), report.column("total", "Money")
    balances: dict[str, Decimal] = {}
    grand = ZERO
    for row in report.rows.row:
        if row.group == "GrandTotal":
            stated = amount_in(row.summary.col_data if row.summary else [], total)
            if stated != grand:
                raise unusable("its customers do not add up to its total")
        else:
            grand += _customer(row, name, total, balances)
    return {customer: balance for customer, balance in balances.items() if balance}


def _customer(row: Row, name: int, total: int, balances: dict[str, Decimal]) -> Decimal:
    """Enter a customer and its jobs; returns their sum. A parent's own balance stands in its section's header."""
    heading = row.header.col_data if row.header else row.col_data or []
    if name >= len(heading):
        raise unusable("it has a row without a customer")
    below = sum((_customer(child, name, total, balances) for child in row.children()), ZERO)
    own = amount_in(heading, total)
    if row.summary is not None:
        whole = amount_in(row.summary.col_data, total)
        if total >= len(heading) or not heading[total].value:
            own = whole - below
        if own + below != whole:
            raise unusable("a customer and its jobs do not add up to their total")
    customer = heading[name].id
    balances[customer] = balances.get(customer, ZERO) + own
    return own + below


def reconciled(reader: ReportReader) -> frozenset[DocumentRef]:
    """Transactions that TransactionList shows as reconciled (contract 7.9), whatever their date."""
    return frozenset(_reconciled(reader, FIRST_DAY, LAST_DAY))


def _reconciled(reader: ReportReader, first: date, last: date) -> Iterator[DocumentRef]:
    doing = "Reading the TransactionList report"
    asked = {
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        "cleared": "Reconciled",
        "columns": "tx_date,txn_type",
    }
    try:
        body = reader.report("TransactionList", asked, doing)
    except GatewayError as error:
        if error.code != TOO_LARGE or first >= last:
            raise
        middle = first + (last - first) / 2
        yield from _reconciled(reader, first, middle)
        yield from _reconciled(reader, middle + date.resolution, last)
        return
    report = translate.decode(body, Report, doing)
    if (report.header.start_period, report.header.end_period) != (first.isoformat(), last.isoformat()):
        raise unusable(f"it is not for {first} to {last}")
    kinds = report.column("txn_type", "txn_type")
    for cells in report.leaves():
        if kinds < len(cells):
            kind = _SHOWN_KINDS.get(cells[kinds].value.replace(" ", "").casefold())
            if kind is not None:
                yield DocumentRef(kind, cells[kinds].id)
