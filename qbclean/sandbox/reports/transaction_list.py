"""Transaction lists: every transaction of a period, one row each, with its cleared status where asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.posting import INVOICE_DEPOSIT, Entry, Posting, document_entry
from qbclean.sandbox.ledger.wire_values import cents, ref
from qbclean.sandbox.reports.detail import (
    COLUMNS,
    DetailRow,
    Details,
    chosen_columns,
    column_heads,
    rendered,
    sorted_rows,
    summary_cells,
    transaction_row,
)
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.periods import Period, unit_start
from qbclean.sandbox.reports.shape import cell, report, section
from qbclean.sandbox.reports.transaction_types import NON_POSTING, chosen_kinds

DEFAULT_MACRO = "this month-to-date"
DEFAULT_COLUMNS = (
    "tx_date", "txn_type", "doc_num", "is_no_post", "name", "memo", "account_name", "other_account",
    "subt_nat_amount",
)  # fmt: skip
CLEARED_STATES = ["Cleared", "Uncleared", "Reconciled", "Deposited"]
_GROUPS = {
    "name": "name", "customer": "name", "vendor": "name", "account": "account_name",
    "transaction type": "txn_type", "payment method": "pmt_mthd", "location": "dept_name",
}  # fmt: skip
_TIME_GROUPS = {"day", "week", "month", "quarter", "year", "fiscal quarter", "fiscal year"}


def transaction_list(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return the transactions of the period, grouped where `group_by` asks for it."""
    return _listed("TransactionList", ledger, params, params.text("group_by").casefold(), lambda _row: True)


def transaction_list_by_customer(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return the transactions that name a customer, under the customer."""
    return _listed("TransactionListByCustomer", ledger, params, "customer", lambda row: bool(row.customer))


def transaction_list_by_vendor(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return the transactions that name a vendor, under the vendor."""
    return _listed("TransactionListByVendor", ledger, params, "vendor", lambda row: bool(row.vendor))


def _listed(
    name: str, ledger: Ledger, params: Parameters, group_by: str, wanted: Callable[[DetailRow], bool]
) -> dict[str, Any]:
    period = params.period(DEFAULT_MACRO, both_or_none=True)
    keys = chosen_columns(params, DEFAULT_COLUMNS)
    details = Details(ledger)
    found = [row for row in _rows(ledger, params, period, details) if wanted(row)]
    groups: dict[str, list[DetailRow]] = defaultdict(list)
    for row in sorted_rows(found, params, details):
        groups[_group(row, group_by, params, details)].append(row)
    if list(groups) in ([], [""]):
        rows = rendered(groups.get("", []), keys, details)
    else:
        rows = []
        for title in sorted(groups, key=str.casefold):
            members = groups[title]
            sums = {key: _sum(members) for key in keys if COLUMNS[key].type == "Money"}
            heading = [cell(title), *[cell("")] * (len(keys) - 1)]
            total = summary_cells(f"Total for {title}", keys, sums)
            rows.append(section(heading, rendered(members, keys, details), total))
    return report(name, ledger.view, params, period, columns=column_heads(keys), rows=rows, ReportBasis=params.basis)


def _sum(rows: list[DetailRow]) -> int:
    return sum(row.amount or 0 for row in rows)


def _group(row: DetailRow, group_by: str, params: Parameters, details: Details) -> str:
    """Return the title of the group a row belongs to; an unknown or absent `group_by` makes one group."""
    if group_by in _GROUPS:
        return COLUMNS[_GROUPS[group_by]].render(details, row)["value"] or "Not Specified"
    if group_by in _TIME_GROUPS:
        first_month = params.fiscal_month if group_by.startswith("fiscal") else 1
        return unit_start(row.on, group_by.removeprefix("fiscal "), first_month).isoformat()
    return ""


def _rows(ledger: Ledger, params: Parameters, period: Period, details: Details) -> Iterator[DetailRow]:
    """Yield the rows of the period that pass every filter of the call."""
    kinds = chosen_kinds(params.listed("transaction_type"))
    number = params.text("docnum")
    cleared = params.choice("cleared", CLEARED_STATES, "") if params.text("cleared") else ""
    modified_from, modified_to = params.date_of("start_moddate"), params.date_of("end_moddate")
    paid = _paid_invoices(ledger, params)
    for entry in _entries(ledger):
        if not period.start <= entry.on <= period.end or (kinds is not None and entry.kind not in kinds):
            continue
        if number and entry.number != number:
            continue
        if paid is not None and (entry.kind, entry.id) not in paid:
            continue
        if params.filters_postings and not any(map(params.matches, entry.postings)):
            continue
        if cleared and ledger.view.cleared(entry.kind, entry.id) != cleared:
            continue
        row = transaction_row(entry, ledger)
        if modified_from or modified_to:
            modified = details.meta(row, "LastUpdatedTime")["value"]
            if not str(modified_from or date.min) <= modified <= str(modified_to or date.max):
                continue
        yield row


def _entries(ledger: Ledger) -> Iterator[Entry]:
    """Yield every transaction once, those that post nothing too."""
    for entry in ledger.accrual:
        if entry.kind != INVOICE_DEPOSIT:
            yield entry
    view = ledger.view
    for kind in NON_POSTING:
        for document in view.documents(kind):
            account = ledger.chart.receivable if kind == "Estimate" else ledger.chart.payable
            amount = cents(document.get("TotalAmt")) * ledger.chart.account(account).sign
            own = Posting(account, amount, ref(document, "CustomerRef"), ref(document, "VendorRef"))
            yield document_entry(document, kind, view.today, (own,))


def _paid_invoices(ledger: Ledger, params: Parameters) -> frozenset[tuple[str, str]] | None:
    """Return the invoices in the state `arpaid` asks for, as of today; None where all are wanted."""
    state = params.choice("arpaid", ["All", "Paid", "Unpaid"], "All")
    if state == "All":
        return None
    return frozenset(
        (item.kind, item.id)
        for item, balance in ledger.receivables.open_balances(params.today)
        if item.kind == "Invoice" and (state == "Paid") == (balance == 0)
    )
