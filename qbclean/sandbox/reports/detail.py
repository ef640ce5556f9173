"""Rows of single transactions for the detail reports: what a row knows, its columns, its order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.posting import INVOICE_DEPOSIT, Entry, Posting
from qbclean.sandbox.reports.account_rows import account_cell
from qbclean.sandbox.reports.names import NameList
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.shape import Cell, Row, cell, column, data_row, money
from qbclean.sandbox.reports.transaction_types import NON_POSTING, shown_type

SPLIT = "-Split-"


@dataclass(slots=True, kw_only=True)
class DetailRow:
    """One transaction or posting as a detail report shows it; amounts in cents, None where there is none."""

    kind: str
    id: str
    on: date
    due: date
    number: str = ""
    memo: str = ""
    customer: str = ""
    vendor: str = ""
    account: str = ""
    other_account: str = ""
    amount: int | None = None
    open_balance: int | None = None
    running: int | None = None
    debit: int | None = None
    credit: int | None = None


class Details:
    """What the columns of a row are looked up in."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    @cached_property
    def customers(self) -> NameList:
        """The customers by id."""
        return NameList(self.ledger.view, "Customer")

    @cached_property
    def vendors(self) -> NameList:
        """The vendors by id."""
        return NameList(self.ledger.view, "Vendor")

    def document(self, row: DetailRow) -> Mapping[str, Any]:
        """Return the wire object of a row."""
        entity = "Invoice" if row.kind == INVOICE_DEPOSIT else row.kind
        return self.ledger.view.document(entity, row.id) or {}

    def party(self, row: DetailRow) -> Cell:
        """Return the name of the row's customer, else of its vendor."""
        if row.customer:
            return cell(self.customers[row.customer].full, row.customer)
        return cell(self.vendors[row.vendor].full, row.vendor) if row.vendor else cell("")

    def account(self, account_id: str) -> Cell:
        """Return the name of an account, or the word for several."""
        if account_id in {"", SPLIT}:
            return cell(account_id)
        return account_cell(self.ledger.chart.account(account_id))

    def type_cell(self, row: DetailRow) -> Cell:
        """Return the transaction type, whose id is the transaction's."""
        document = self.document(row) if row.kind in {"Purchase", "BillPayment"} else None
        return cell(shown_type(row.kind, document), row.id)

    def meta(self, row: DetailRow, name: str) -> Cell:
        """Return the day of one of the document's MetaData times."""
        return cell(str((self.document(row).get("MetaData") or {}).get(name) or "")[:10])

    def named(self, row: DetailRow, field: str) -> Cell:
        """Return the name in one of the document's references."""
        return cell(str((self.document(row).get(field) or {}).get("name") or ""))


@dataclass(frozen=True, slots=True)
class DetailColumn:
    """A column of a detail report."""

    title: str
    type: str
    render: Callable[[Details, DetailRow], Cell]


def _amount(field: str) -> Callable[[Details, DetailRow], Cell]:
    def render(_details: Details, row: DetailRow) -> Cell:
        value = getattr(row, field)
        return cell("" if value is None else money(value))

    return render


def _overdue(details: Details, row: DetailRow) -> Cell:
    return cell(str((details.ledger.view.today - row.due).days))


COLUMNS: dict[str, DetailColumn] = {
    "tx_date": DetailColumn("Date", "Date", lambda _, row: cell(row.on.isoformat())),
    "txn_type": DetailColumn("Transaction Type", "String", Details.type_cell),
    "doc_num": DetailColumn("Num", "String", lambda _, row: cell(row.number)),
    "due_date": DetailColumn("Due Date", "Date", lambda _, row: cell(row.due.isoformat())),
    "is_no_post": DetailColumn("Posting", "String", lambda _, row: cell("No" if row.kind in NON_POSTING else "Yes")),
    "is_cleared": DetailColumn(
        "Cleared", "String", lambda details, row: cell(details.ledger.view.cleared(row.kind, row.id))
    ),
    "name": DetailColumn("Name", "String", Details.party),
    "cust_name": DetailColumn("Customer", "String", Details.party),
    "vend_name": DetailColumn("Vendor", "String", Details.party),
    "memo": DetailColumn("Memo/Description", "String", lambda _, row: cell(row.memo)),
    "account_name": DetailColumn("Account", "String", lambda details, row: details.account(row.account)),
    "other_account": DetailColumn("Split", "String", lambda details, row: details.account(row.other_account)),
    "split_acc": DetailColumn("Split", "String", lambda details, row: details.account(row.other_account)),
    "past_due": DetailColumn("Past Due", "String", _overdue),
    "create_date": DetailColumn("Create Date", "Date", lambda details, row: details.meta(row, "CreateTime")),
    "last_mod_date": DetailColumn("Last Modified", "Date", lambda details, row: details.meta(row, "LastUpdatedTime")),
    "term_name": DetailColumn("Terms", "String", lambda details, row: details.named(row, "SalesTermRef")),
    "pmt_mthd": DetailColumn("Payment Method", "String", lambda details, row: details.named(row, "PaymentMethodRef")),
    "dept_name": DetailColumn("Location", "String", lambda details, row: details.named(row, "DepartmentRef")),
    "debt_amt": DetailColumn("Debit", "Money", _amount("debit")),
    "credit_amt": DetailColumn("Credit", "Money", _amount("credit")),
    "subt_nat_amount": DetailColumn("Amount", "Money", _amount("amount")),
    "subt_amount": DetailColumn("Amount", "Money", _amount("amount")),
    "rbal_nat_amount": DetailColumn("Balance", "Money", _amount("running")),
    "subt_open_bal": DetailColumn("Open Balance", "Money", _amount("open_balance")),
    "rbal_open_bal": DetailColumn("Balance", "Money", _amount("running")),
}


def chosen_columns(params: Parameters, default: Sequence[str]) -> list[str]:
    """Return the keys of the columns asked for that exist here, in that order; else the default ones."""
    return [key for key in params.listed("columns") if key in COLUMNS] or list(default)


def column_heads(keys: Iterable[str]) -> list[dict[str, Any]]:
    """Return the report's columns."""
    return [column(COLUMNS[key].title, COLUMNS[key].type, key) for key in keys]


def rendered(rows: Iterable[DetailRow], keys: Sequence[str], details: Details) -> list[Row]:
    """Return the rows as data rows of these columns."""
    return [data_row([COLUMNS[key].render(details, row) for key in keys]) for row in rows]


def summary_cells(label: str, keys: Sequence[str], sums: Mapping[str, int]) -> list[Cell]:
    """Return a summary line: the label in the first cell, sums under their columns, blanks elsewhere."""
    return [cell(label)] + [cell(money(sums[key]) if key in sums else "") for key in keys[1:]]


def sorted_rows(rows: Iterable[DetailRow], params: Parameters, details: Details) -> list[DetailRow]:
    """Return the rows by date, type and id, or by the column `sort_by` names; `sort_order=descend` turns it round."""
    ordered = sorted(rows, key=lambda row: (row.on, row.kind, id_order(row.id)))
    key = params.text("sort_by")
    if key in COLUMNS:
        shown = COLUMNS[key]
        if shown.type == "Money":
            ordered.sort(key=lambda row: _cents_shown(shown.render(details, row)["value"]))
        else:
            ordered.sort(key=lambda row: shown.render(details, row)["value"].casefold())
    if params.choice("sort_order", ["ascend", "descend"], "ascend") == "descend":
        ordered.reverse()
    return ordered


def _cents_shown(text: str) -> int:
    return int(text.replace(".", "")) if text else 0


def id_order(document_id: str) -> tuple[int, str]:
    """Return a key that sorts ids as numbers."""
    return (int(document_id) if document_id.isdecimal() else 0, document_id)


def transaction_row(entry: Entry, ledger: Ledger) -> DetailRow:
    """Return the row of a whole transaction: a payment shows where the money went, anything else its own account."""
    position = 1 if entry.kind in {"Payment", "BillPayment"} else 0
    own = entry.postings[position]
    others = [posting for index, posting in enumerate(entry.postings) if index != position]
    return posting_row(entry, own, others, ledger)


def posting_row(entry: Entry, own: Posting, others: Sequence[Posting], ledger: Ledger) -> DetailRow:
    """Return the row of one posting, its amount in the natural sign of the account."""
    accounts = {posting.account for posting in others}
    return DetailRow(
        kind=entry.kind,
        id=entry.id,
        on=entry.on,
        due=entry.due,
        number=entry.number,
        memo=own.memo or entry.memo,
        customer=own.customer or next((posting.customer for posting in others if posting.customer), ""),
        vendor=own.vendor or next((posting.vendor for posting in others if posting.vendor), ""),
        account=own.account,
        other_account=accounts.pop() if len(accounts) == 1 else (SPLIT if accounts else ""),
        amount=ledger.chart.account(own.account).sign * own.amount,
        debit=own.amount if own.amount > 0 else None,
        credit=-own.amount if own.amount < 0 else None,
    )
