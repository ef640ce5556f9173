"""Ledgers of accounts posting by posting: GeneralLedger and ProfitAndLossDetail, on either basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.chart import ACCOUNT_TYPES, Account
from qbclean.sandbox.reports.account_rows import account_cell, account_order
from qbclean.sandbox.reports.detail import (
    COLUMNS,
    DetailRow,
    Details,
    chosen_columns,
    column_heads,
    posting_row,
    rendered,
    sorted_rows,
    summary_cells,
)
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.periods import Period
from qbclean.sandbox.reports.profit_and_loss import DEFAULT_MACRO
from qbclean.sandbox.reports.shape import Row, cell, data_row, money, report, section

DEFAULT_COLUMNS = (
    "tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount",
)  # fmt: skip


def general_ledger(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return every account's beginning balance and postings of the period with a running balance."""
    wanted = frozenset(params.listed("account"))
    accounts = frozenset(account.id for account in ledger.chart if not wanted or account.id in wanted)
    return _by_account("GeneralLedger", ledger, params, params.period("this month-to-date"), accounts)


def profit_and_loss_detail(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return the postings behind the profit and loss of the period."""
    accounts = ledger.chart.profit_and_loss_ids
    return _by_account("ProfitAndLossDetail", ledger, params, params.period(DEFAULT_MACRO), accounts)


def _by_account(
    name: str, ledger: Ledger, params: Parameters, period: Period, accounts: frozenset[str]
) -> dict[str, Any]:
    keys = chosen_columns(params, DEFAULT_COLUMNS)
    details = Details(ledger)
    rows_of: dict[str, list[DetailRow]] = defaultdict(list)
    opening: dict[str, int] = defaultdict(int)
    for entry in ledger.entries(params.basis):
        if entry.on > period.end:
            continue
        for index, posting in enumerate(entry.postings):
            if posting.account not in accounts or not posting.amount or not params.matches(posting):
                continue
            if entry.on < period.start:
                opening[posting.account] += posting.amount
            else:
                others = [*entry.postings[:index], *entry.postings[index + 1 :]]
                rows_of[posting.account].append(posting_row(entry, posting, others, ledger))
    # An income account begins each period at nothing; only balance-sheet accounts carry a balance forward.
    carried = {
        account: amount for account, amount in opening.items() if account not in ledger.chart.profit_and_loss_ids
    }
    shown = [ledger.chart.account(account) for account in {*rows_of, *(a for a, amount in carried.items() if amount)}]
    shown.sort(key=lambda account: (ACCOUNT_TYPES.index(account.type), account_order(account)))
    rows = [
        _account_section(account, rows_of[account.id], carried.get(account.id, 0), keys, params, details)
        for account in shown
    ]
    return report(name, ledger.view, params, period, columns=column_heads(keys), rows=rows, ReportBasis=params.basis)


def _account_section(
    account: Account, members: list[DetailRow], opening: int, keys: list[str], params: Parameters, details: Details
) -> Row:
    running = account.sign * opening
    rows: list[Row] = []
    if opening:
        balance = [cell(money(running) if key == "rbal_nat_amount" else "") for key in keys[1:]]
        rows.append(data_row([cell("Beginning Balance"), *balance]))
    ordered = sorted_rows(members, params, details)
    for row in ordered:
        running += row.amount or 0
        row.running = running
    rows.extend(rendered(ordered, keys, details))
    sums = dict(_sums(ordered, keys))
    heading = [account_cell(account), *[cell("")] * (len(keys) - 1)]
    return section(heading, rows, summary_cells(f"Total for {account.name}", keys, sums))


def _sums(rows: list[DetailRow], keys: list[str]) -> Iterator[tuple[str, int]]:
    fields = {"subt_nat_amount": "amount", "subt_amount": "amount", "debt_amt": "debit", "credit_amt": "credit"}
    for key in keys:
        if key in fields and COLUMNS[key].type == "Money":
            yield key, sum(getattr(row, fields[key]) or 0 for row in rows)
