"""QuickBooks as the executor sees it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from qbclean.model.action import Basis
from qbclean.model.books import Environment
from qbclean.model.documents import AnyDocument
from qbclean.model.lists import CompanyInfo, Preferences
from qbclean.model.refs import DocumentKind, DocumentRef, RealmId
from qbclean.model.write import PlannedRequest, WriteReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDocument:
    """A document as QuickBooks holds it now, with its verbatim JSON."""

    document: AnyDocument
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSearch:
    """How a document created by a request whose answer was lost is looked for."""

    kind: DocumentKind
    customer_id: str
    txn_date: date
    doc_number: str | None
    marker: str


class ReportedAccount(NamedTuple):
    """An account as a report shows it; accounts that QuickBooks makes by itself may have a name and no id there."""

    id: str
    name: str


class QuickBooksGateway(Protocol):
    """Reads and the four writes. Every method raises a `GatewayError` or `AuthorizationError` when it cannot answer."""

    @property
    def realm_id(self) -> RealmId: ...

    @property
    def environment(self) -> Environment: ...

    def company(self) -> CompanyInfo: ...

    def preferences(self) -> Preferences: ...

    def read(self, refs: Collection[DocumentRef]) -> Mapping[DocumentRef, LiveDocument]:
        """The documents as they are now; one that is gone is absent from the answer."""
        ...

    def find(self, search: DocumentSearch) -> tuple[LiveDocument, ...]:
        """Documents of that customer and date (or number) whose PrivateNote carries the marker."""
        ...

    def created_since(self, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        """Documents of that kind that were made at or after that moment, by id."""
        ...

    def changed_since(self, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        """Documents of that kind that were made or saved at or after that moment, by id."""
        ...

    def send(self, request: PlannedRequest) -> WriteReceipt:
        """Carry out one write, repeating it only under its own request id and only where that can help (R22).

        Raises UnavailableError when the effect is unknown, another GatewayError when QuickBooks said no.
        """
        ...

    def ar_by_customer(self, as_of: date) -> Mapping[str, Decimal]:
        """CustomerBalance report: customer id → open balance of that customer alone."""
        ...

    def income_by_account_and_month(
        self, basis: Basis, first: date, last: date
    ) -> Mapping[tuple[ReportedAccount, str], Decimal]:
        """ProfitAndLoss report: (account, `YYYY-MM`) → income earned; the Income group, zeros left out."""
        ...

    def balance_sheet(self, basis: Basis, as_of: date) -> Mapping[ReportedAccount, Decimal]:
        """BalanceSheet report: account → balance in its natural sign, net income among them; zeros left out."""
        ...
