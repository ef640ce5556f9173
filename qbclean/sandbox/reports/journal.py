"""Transactions with all their postings: JournalReport and TransactionListWithSplits."""

from __future__ import annotations

from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.reports.detail import (
    Details,
    chosen_columns,
    column_heads,
    id_order,
    posting_row,
    rendered,
    summary_cells,
)
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.shape import cell, report, section

DEFAULT_COLUMNS = ("tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "debt_amt", "credit_amt")


def journal_report(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return each transaction's debits and credits, which are equal."""
    return _postings("JournalReport", ledger, params)


def transaction_list_with_splits(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return the transactions of the period, each with its postings below it."""
    return _postings("TransactionListWithSplits", ledger, params)


def _postings(name: str, ledger: Ledger, params: Parameters) -> dict[str, Any]:
    period = params.period("this month-to-date", both_or_none=True)
    keys = chosen_columns(params, DEFAULT_COLUMNS)
    details = Details(ledger)
    entries = [
        entry
        for entry in ledger.entries(params.basis)
        if period.start <= entry.on <= period.end
        and any(posting.amount for posting in entry.postings)
        and any(map(params.matches, entry.postings))
    ]
    entries.sort(key=lambda entry: (entry.on, entry.kind, id_order(entry.id)))
    rows = []
    for entry in entries:
        lines = [posting_row(entry, posting, (), ledger) for posting in entry.postings if posting.amount]
        sums = {"debt_amt": sum(row.debit or 0 for row in lines), "credit_amt": sum(row.credit or 0 for row in lines)}
        heading = [details.type_cell(lines[0]), *[cell("")] * (len(keys) - 1)]
        rows.append(section(heading, rendered(lines, keys, details), summary_cells("", keys, sums)))
    return report(name, ledger.view, params, period, columns=column_heads(keys), rows=rows, ReportBasis=params.basis)
