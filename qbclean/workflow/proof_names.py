"""What accounts and customers are called in a proof, so that ledger and report mean the same one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument
from qbclean.model.money import ZERO
from qbclean.ports.gateway import ReportedAccount

AccountKey = str
"""An account as both sides name it."""


class Names:
    """An account the snapshot knows goes by its id. QuickBooks makes some when they are first needed; until they are
    pulled, ledger and report agree on their names only."""

    def __init__(self, books: ReceivablesSnapshot) -> None:
        self._books = books
        self._said: dict[AccountKey, str] = {}

    def key(self, id_: str, name: str) -> AccountKey:
        key = id_ if id_ in self._books.accounts else name.casefold()
        self._said.setdefault(key, name)
        return key

    def shown(self, key: AccountKey) -> str:
        account = self._books.accounts.get(key)
        return (account.fully_qualified_name or account.name) if account else self._said.get(key, key)

    def customer(self, id_: str) -> str:
        customer = self._books.customers.get(id_)
        return customer.full_name if customer else id_

    def keyed(self, accounts: Mapping[ReportedAccount, Decimal]) -> Mapping[AccountKey, Decimal]:
        found: dict[AccountKey, Decimal] = defaultdict(lambda: ZERO)
        for (id_, name), amount in accounts.items():
            found[self.key(id_, name)] += amount
        return dict(found)

    def keyed_by_month(
        self, accounts: Mapping[tuple[ReportedAccount, str], Decimal]
    ) -> Mapping[tuple[str, AccountKey], Decimal]:
        found: dict[tuple[str, AccountKey], Decimal] = defaultdict(lambda: ZERO)
        for ((id_, name), month), amount in accounts.items():
            found[month, self.key(id_, name)] += amount
        return dict(found)

    def of_type(self, type_: str) -> frozenset[AccountKey]:
        return frozenset(id_ for id_, account in self._books.accounts.items() if account.account_type == type_)

    def holding_money(self) -> frozenset[AccountKey]:
        undeposited = {
            id_ for id_, account in self._books.accounts.items() if account.account_sub_type == "UndepositedFunds"
        }
        return self.of_type("Bank") | undeposited


def named(document: AnyDocument) -> str:
    """`Invoice 1042 (id 301)`, or kind and id where it has no number."""
    return f"{document.kind} {document.doc_number} (id {document.id})" if document.doc_number else str(document.ref)
