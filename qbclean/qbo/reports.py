"""QuickBooks' own reports, read by column key, type and id, never by position (contract 9.1).

They are the independent witness of a run. So a report is taken only if its header repeats what was asked for, and
sections only if they add up; anything else is an error, not a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Protocol

import msgspec

from qbclean.errors import GatewayError
from qbclean.model.action import Basis
from qbclean.model.money import ZERO, money
from qbclean.model.refs import DocumentKind, DocumentRef
from qbclean.qbo import translate

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
TOO_LARGE = "10100"
_BASIS: dict[Basis, str] = {"accrual": "Accrual", "cash": "Cash"}
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


class ReportReader(Protocol):
    def report(self, name: str, params: Mapping[str, str], doing: str) -> bytes: ...


# ------------------------------------------------------------------ shape
class _Pascal(msgspec.Struct, rename="pascal"):
    pass


class _NamedValue(_Pascal):
    name: str = ""
    value: str = ""


class _Cell(msgspec.Struct):
    value: str = ""
    id: str = ""


class _Cells(_Pascal):
    col_data: list[_Cell] = []


class _Header(_Pascal):
    report_basis: str = ""
    start_period: str = ""
    end_period: str = ""
    option: list[_NamedValue] = []

    def options(self) -> dict[str, str]:
        return {option.name: option.value for option in self.option}


class _Column(_Pascal):
    col_type: str = ""
    meta_data: list[_NamedValue] = []

    def facts(self) -> dict[str, str]:
        return {pair.name: pair.value for pair in self.meta_data}


class _Columns(_Pascal):
    column: list[_Column] = []


class _Row(_Pascal):
    header: _Cells | None = None
    col_data: list[_Cell] | None = None
    rows: _Rows | None = None
    summary: _Cells | None = None
    group: str = msgspec.field(default="", name="group")

    def children(self) -> list[_Row]:
        return self.rows.row if self.rows else []


class _Rows(_Pascal):
    row: list[_Row] = []


class _Report(_Pascal):
    header: _Header
    columns: _Columns
    rows: _Rows

    def column(self, key: str, kind: str) -> int:
        """Where the column with that ColKey is, or else the only one of that ColType."""
        for number, column in enumerate(self.columns.column):
            if column.facts().get("ColKey") == key:
                return number
        of_kind = [number for number, column in enumerate(self.columns.column) if column.col_type == kind]
        if len(of_kind) != 1:
            raise _unusable(f"it has no column {key}")
        return of_kind[0]

    def leaves(self) -> Iterator[list[_Cell]]:
        waiting = list(reversed(self.rows.row))
        while waiting:
            row = waiting.pop()
            if row.col_data:
                yield row.col_data
            waiting += reversed(row.children())


def _unusable(why: str) -> GatewayError:
    return GatewayError(
        "A report from QuickBooks cannot be used.",
        why=f"The report was read, but {why}.",
        do="Run the command again; compare with the report in QuickBooks if it stays so.",
        status=200,
    )


def _amount(cells: list[_Cell], number: int) -> Decimal:
    """The amount in a cell; an empty cell is zero."""
    text = cells[number].value.replace(",", "") if number < len(cells) else ""
    try:
        return money(text) if text else ZERO
    except (ValueError, InvalidOperation):
        raise _unusable("it has a cell that is not an amount") from None


# ------------------------------------------------------------------ the three reports
def ar_by_customer(reader: ReportReader, as_of: date) -> Mapping[str, Decimal]:
    """CustomerBalance: customer id → open balance of that customer alone, jobs apart; zero balances are left out."""
    doing = "Reading the CustomerBalance report"
    body = reader.report("CustomerBalance", {"report_date": as_of.isoformat()}, doing)
    report = translate.decode(body, _Report, doing)
    if as_of.isoformat() not in (report.header.options().get("report_date"), report.header.end_period):
        raise _unusable(f"it is not as of {as_of}")
    name, total = report.column("cust_name", "Customer"), report.column("total", "Money")
    balances: dict[str, Decimal] = {}
    grand = ZERO
    for row in report.rows.row:
        if row.group == "GrandTotal":
            stated = _amount(row.summary.col_data if row.summary else [], total)
            if stated != grand:
                raise _unusable("its customers do not add up to its total")
        else:
            grand += _customer(row, name, total, balances)
    return {customer: balance for customer, balance in balances.items() if balance}


def _customer(row: _Row, name: int, total: int, balances: dict[str, Decimal]) -> Decimal:
    """Enter a customer and its jobs; returns their sum. A parent's own balance stands in its section's header."""
    heading = row.header.col_data if row.header else row.col_data or []
    if name >= len(heading):
        raise _unusable("it has a row without a customer")
    below = sum((_customer(child, name, total, balances) for child in row.children()), ZERO)
    own = _amount(heading, total)
    if row.summary is not None:
        whole = _amount(row.summary.col_data, total)
        if total >= len(heading) or not heading[total].value:
            own = whole - below
        if own + below != whole:
            raise _unusable("a customer and its jobs do not add up to their total")
    customer = heading[name].id
    balances[customer] = balances.get(customer, ZERO) + own
    return own + below


def income_by_year(reader: ReportReader, basis: Basis, first: date, last: date) -> Mapping[int, Decimal]:
    """ProfitAndLoss: calendar year → total of the Income group between the two days, positive for income earned."""
    doing = "Reading the ProfitAndLoss report"
    asked = {
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        "accounting_method": _BASIS[basis],
        "summarize_column_by": "Month",
    }
    report = translate.decode(reader.report("ProfitAndLoss", asked, doing), _Report, doing)
    head = report.header
    if (head.start_period, head.end_period) != (first.isoformat(), last.isoformat()):
        raise _unusable(f"it is not for {first} to {last}")
    if head.report_basis != _BASIS[basis]:
        raise _unusable(f"it is not on {basis} basis")
    years = dict.fromkeys(range(first.year, last.year + 1), ZERO)
    income = [row.summary.col_data for row in report.rows.row if row.group == "Income" and row.summary]
    if not income:
        return years
    for number, column in enumerate(report.columns.column):
        if start := column.facts().get("StartDate"):
            years[date.fromisoformat(start).year] += _amount(income[0], number)
    if sum(years.values(), ZERO) != _amount(income[0], report.column("total", "Total")):
        raise _unusable("its months do not add up to its total")
    return years


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
    report = translate.decode(body, _Report, doing)
    if (report.header.start_period, report.header.end_period) != (first.isoformat(), last.isoformat()):
        raise _unusable(f"it is not for {first} to {last}")
    kinds = report.column("txn_type", "txn_type")
    for cells in report.leaves():
        if kinds < len(cells):
            kind = _SHOWN_KINDS.get(cells[kinds].value.replace(" ", "").casefold())
            if kind is not None:
                yield DocumentRef(kind, cells[kinds].id)
