"""The reports of the QuickBooks in memory: receivables, income by account and month, balance sheet.

They are worked out from the documents' wire JSON alone, and share no code with `qbclean.ledger`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qbclean.model.action import Basis
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.refs import DocumentRef
from qbclean.ports.gateway import ReportedAccount

SALES = ("Invoice", "CreditMemo")
ZERO = Decimal("0.00")
CENT = Decimal("0.01")

Raw = dict[str, Any]


class FakeReports:
    """Reports on `documents` as they are when asked; accounts and items are those of `books`."""

    def __init__(self, books: ReceivablesSnapshot, documents: Mapping[DocumentRef, Raw]) -> None:
        self._items, self._accounts = books.items, books.accounts
        self._documents = documents

    def ar_by_customer(self, as_of: date) -> Mapping[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for ref, raw in self._documents.items():
            if ref.kind in (*SALES, "Payment") and raw["TxnDate"] <= as_of.isoformat():
                owner = raw["CustomerRef"]["value"]
                sums[owner] = sums.get(owner, ZERO) + amount_of(raw["TotalAmt"]) * (1 if ref.kind == "Invoice" else -1)
        return {owner: amount for owner, amount in sums.items() if amount}

    def income_by_account_and_month(
        self, basis: Basis, first: date, last: date
    ) -> Mapping[tuple[ReportedAccount, str], Decimal]:
        sums: dict[tuple[ReportedAccount, str], Decimal] = {}
        for day, account, amount in self._accrual() if basis == "accrual" else self._cash():
            if first.isoformat() <= day <= last.isoformat():
                key = (self._account(account), day[:7])
                sums[key] = sums.get(key, ZERO) + amount
        return {key: amount for key, amount in sums.items() if amount}

    def balance_sheet(self, basis: Basis, as_of: date) -> Mapping[ReportedAccount, Decimal]:
        """Receivables (accrual only), receipts and what was earned; nothing else is kept here."""
        everything = date(1970, 1, 1)
        held = {
            "84": sum(self.ar_by_customer(as_of).values(), ZERO) if basis == "accrual" else ZERO,
            "4": sum(
                (
                    amount_of(raw["TotalAmt"])
                    for ref, raw in self._documents.items()
                    if ref.kind == "Payment" and raw["TxnDate"] <= as_of.isoformat()
                ),
                ZERO,
            ),
        }
        found = {self._account(id_): amount for id_, amount in held.items() if amount}
        earned = sum(self.income_by_account_and_month(basis, everything, as_of).values(), ZERO)
        return {**found, ReportedAccount("", "Net Income"): earned}

    def _accrual(self) -> Iterable[tuple[str, str, Decimal]]:
        """(day, account, amount); all of a document goes to the account of its first item."""
        for ref, raw in self._documents.items():
            if ref.kind in SALES:
                yield raw["TxnDate"], self._earning(raw), _net(raw) * (1 if ref.kind == "Invoice" else -1)

    def _cash(self) -> Iterable[tuple[str, str, Decimal]]:
        """Applied money counts on the later date, unapplied money on its own, credits as joined (contract 13)."""
        for ref, raw in self._documents.items():
            if ref.kind != "Payment":
                continue
            yield raw["TxnDate"], "99", raw["UnappliedAmt"]
            for target, amount in applications(raw):
                paid = self._documents[target]
                share = (amount * _net(paid) / paid["TotalAmt"]).quantize(CENT, ROUND_HALF_UP)
                if target.kind == "Invoice":
                    yield max(raw["TxnDate"], paid["TxnDate"]), self._earning(paid), share
                else:
                    yield raw["TxnDate"], self._earning(paid), -share

    def _earning(self, raw: Raw) -> str:
        """The income account of the first item line; "" when there is none."""
        for line in raw["Line"]:
            item = self._items.get(line.get("SalesItemLineDetail", {}).get("ItemRef", {}).get("value", ""))
            if item and item.income_account_ref:
                return item.income_account_ref.value
        return ""

    def _account(self, id_: str) -> ReportedAccount:
        account = self._accounts.get(id_)
        return ReportedAccount(id_, account.name) if account else ReportedAccount("", "Uncategorized Income")


def applications(raw: Raw) -> list[tuple[DocumentRef, Decimal]]:
    return [
        (DocumentRef(link["TxnType"], link["TxnId"]), amount_of(line["Amount"]))
        for line in raw.get("Line", [])
        for link in line.get("LinkedTxn", [])[:1]
    ]


def _net(raw: Raw) -> Decimal:
    return amount_of(raw["TotalAmt"]) - amount_of(raw.get("TxnTaxDetail", {}).get("TotalTax", 0))


def amount_of(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(CENT)
