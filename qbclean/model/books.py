"""The receivables of one company at one moment, read-only, with the indexes detectors need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Literal, Protocol, TypeVar

from qbclean.model.documents import (
    AnyDocument,
    CreditMemo,
    Deposit,
    Invoice,
    JournalEntry,
    Payment,
    RefundReceipt,
    SalesReceipt,
)
from qbclean.model.lists import (
    Account,
    CompanyInfo,
    Customer,
    Item,
    PaymentMethod,
    Preferences,
    TaxAgency,
    TaxCode,
    TaxRate,
    Term,
)
from qbclean.model.parents import parents_of, tops_of
from qbclean.model.refs import DocumentRef, RealmId

Environment = Literal["production", "sandbox", "local"]


@dataclass(frozen=True, kw_only=True)
class ReceivablesSnapshot:
    """Everything pulled, keyed by id: open, paid, zero-balance and voided documents alike (S29).

    `ar_by_customer` is QBO's own CustomerBalance report at the pull (customer id → balance), `reconciled` what its
    TransactionList shows as reconciled. `raw_of` gives the verbatim JSON of any document or list entity in it.

    Of a slice, the documents of some customers only, `borrowed` are the deposits and journal entries that touch them
    but are counted with another slice: what is added up over `documents()` adds up over the slices. `strangers` are the
    customers of other slices that journal entries here name.
    """

    id: str
    realm_id: RealmId
    environment: Environment
    taken_at: datetime
    company: CompanyInfo
    preferences: Preferences
    customers: Mapping[str, Customer]
    invoices: Mapping[str, Invoice]
    payments: Mapping[str, Payment]
    credit_memos: Mapping[str, CreditMemo]
    sales_receipts: Mapping[str, SalesReceipt]
    refund_receipts: Mapping[str, RefundReceipt]
    deposits: Mapping[str, Deposit]
    journal_entries: Mapping[str, JournalEntry]
    items: Mapping[str, Item]
    accounts: Mapping[str, Account]
    terms: Mapping[str, Term]
    payment_methods: Mapping[str, PaymentMethod]
    tax_codes: Mapping[str, TaxCode]
    tax_rates: Mapping[str, TaxRate]
    tax_agencies: Mapping[str, TaxAgency]
    reconciled: frozenset[DocumentRef]
    ar_by_customer: Mapping[str, Decimal]
    raw_of: Callable[[DocumentRef], bytes]
    borrowed: frozenset[DocumentRef] = frozenset()
    strangers: frozenset[str] = frozenset()

    def documents(self) -> Iterator[AnyDocument]:
        """Every transaction but those borrowed, by kind and then in the order of the maps."""
        yield from self.invoices.values()
        yield from self.payments.values()
        yield from self.credit_memos.values()
        yield from self.sales_receipts.values()
        yield from self.refund_receipts.values()
        for shared in chain[Deposit | JournalEntry](self.deposits.values(), self.journal_entries.values()):
            if shared.ref not in self.borrowed:
                yield shared

    def document(self, ref: DocumentRef) -> AnyDocument | None:
        """The transaction `ref` names, or None when it is not in the snapshot."""
        return self.by_kind.get(ref.kind, {}).get(ref.id)

    @cached_property
    def by_kind(self) -> Mapping[str, Mapping[str, AnyDocument]]:
        """Kind → id → transaction."""
        return {
            "Invoice": self.invoices,
            "Payment": self.payments,
            "CreditMemo": self.credit_memos,
            "SalesReceipt": self.sales_receipts,
            "RefundReceipt": self.refund_receipts,
            "Deposit": self.deposits,
            "JournalEntry": self.journal_entries,
        }

    @cached_property
    def invoices_by_customer(self) -> Mapping[str, tuple[Invoice, ...]]:
        return _grouped(self.invoices.values())

    @cached_property
    def credit_memos_by_customer(self) -> Mapping[str, tuple[CreditMemo, ...]]:
        return _grouped(self.credit_memos.values())

    @cached_property
    def payments_of(self) -> Mapping[DocumentRef, tuple[Payment, ...]]:
        """Document → the payments (zero payments included) that have a line for it."""
        linked: dict[DocumentRef, list[Payment]] = defaultdict(list)
        for payment in self.payments.values():
            for ref, _ in payment.applications:
                if payment not in linked[ref]:
                    linked[ref].append(payment)
        return {ref: tuple(payments) for ref, payments in linked.items()}

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """Job → the customer right above it; raises IncompleteBooksError where a chain does not end (`parents_of`)."""
        return parents_of(self.customers)

    @cached_property
    def tops(self) -> Mapping[str, str]:
        """Job → the customer at the top of its tree. Raises as `parents`."""
        return tops_of(self.parents)

    @cached_property
    def receivable_accounts(self) -> frozenset[str]:
        """Ids of the A/R accounts; a company may have several."""
        return frozenset(key for key, account in self.accounts.items() if account.account_type == "Accounts Receivable")

    def customer_name(self, customer_id: str) -> str:
        """The name reports show, or the id when the customer is unknown."""
        customer = self.customers.get(customer_id)
        return customer.full_name if customer else customer_id


class _HasCustomer(Protocol):
    @property
    def customer_id(self) -> str: ...


_D = TypeVar("_D", bound=_HasCustomer)


def _grouped(documents: Iterable[_D]) -> Mapping[str, tuple[_D, ...]]:
    groups: dict[str, list[_D]] = defaultdict(list)
    for document in documents:
        groups[document.customer_id].append(document)
    return {customer_id: tuple(group) for customer_id, group in groups.items()}
