"""QuickBooks as the executor sees it: documents as they are now, the four writes, and the reports that prove them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from qbclean.errors import DocumentNotFoundError, UnavailableError
from qbclean.model.action import Basis
from qbclean.model.books import Environment
from qbclean.model.lists import CompanyInfo, Preferences
from qbclean.model.refs import DocumentKind, DocumentRef, RealmId
from qbclean.model.write import PlannedRequest, WriteReceipt
from qbclean.ports.gateway import DocumentSearch, LiveDocument, ReportedAccount
from qbclean.qbo import reports, statements, translate
from qbclean.qbo.connection import CompanyConnection

IDS_PER_QUERY = 200
PAGE = 1000
_WITHOUT_CUSTOMER = ("Deposit", "JournalEntry")
_WITHOUT_NUMBER = ("Payment", "Deposit")
"""Kinds that cannot be filtered by CustomerRef, or have no DocNumber (contract 3.2)."""


class QboGateway:
    """Implements `ports.gateway.QuickBooksGateway` over one connection."""

    def __init__(self, connection: CompanyConnection) -> None:
        self._connection = connection

    @property
    def realm_id(self) -> RealmId:
        return self._connection.realm_id

    @property
    def environment(self) -> Environment:
        return self._connection.environment

    def company(self) -> CompanyInfo:
        doing = "Reading the company"
        body = self._connection.single("CompanyInfo", self.realm_id, doing)
        return translate.decode(translate.single(body, "CompanyInfo", doing), CompanyInfo, doing)

    def preferences(self) -> Preferences:
        doing = "Reading the company's preferences"
        body = self._connection.preferences(doing)
        return translate.decode(translate.single(body, "Preferences", doing), Preferences, doing)

    def read(self, refs: Collection[DocumentRef]) -> Mapping[DocumentRef, LiveDocument]:
        """The documents as they are now; one that is gone is absent from the answer.

        One document of a kind is read by its id, and that is the form to use right before a write: a list query has
        been seen to answer with an older SyncToken (P8). Several are read with one query for up to 200.
        """
        by_kind: dict[DocumentKind, list[str]] = defaultdict(list)
        for ref in sorted(set(refs)):
            by_kind[ref.kind].append(ref.id)
        found: dict[DocumentRef, LiveDocument] = {}
        for kind, ids in by_kind.items():
            raws = self._by_id(kind, ids[0]) if len(ids) == 1 else self._by_ids(kind, ids)
            doing = f"Reading {kind}"
            for raw in raws:
                if not translate.stub(raw, doing).deleted:
                    document = translate.live(kind, raw, doing)
                    found[document.document.ref] = document
        return found

    def find(self, search: DocumentSearch) -> tuple[LiveDocument, ...]:
        """Documents of that customer and date, or with that number, whose PrivateNote carries the marker; by id."""
        kind, doing = search.kind, f"Looking for a {search.kind} that may have been created"
        where = [f"TxnDate = '{search.txn_date.isoformat()}'"]
        if kind not in _WITHOUT_CUSTOMER:
            where.append(f"CustomerRef = {_quoted(search.customer_id)}")
        conditions = [" AND ".join(where)]
        if search.doc_number and kind not in _WITHOUT_NUMBER:
            conditions.append(f"DocNumber = {_quoted(search.doc_number)}")
        found: dict[str, LiveDocument] = {}
        for condition in conditions:
            for raw in self._rows(kind, condition, doing):
                document = translate.live(kind, raw, doing)
                if search.marker in (document.document.private_note or ""):
                    found[document.document.id] = document
        return tuple(found[id_] for id_ in sorted(found))

    def created_since(self, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        """Documents of that kind that were made at or after that moment, by id."""
        return self._since("CreateTime", kind, since)

    def changed_since(self, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        """Documents of that kind that were made or saved at or after that moment, by id."""
        return self._since("LastUpdatedTime", kind, since)

    def send(self, request: PlannedRequest) -> WriteReceipt:
        """Carry out one write under its own request id; repeats only where the fault table says it can help.

        Raises UnavailableError when the effect is unknown, another GatewayError when nothing was done.
        """
        doing = f"Sending {request.operation} {request.target or request.kind}"
        result = self._connection.write(request, doing)
        raw = translate.single(result.answer.body, request.kind, doing)
        written = translate.stub(raw, doing)
        if wrong := _not_an_answer_to(request, written):
            raise UnavailableError(
                f"{doing} failed.",
                why=f"QuickBooks answered for {wrong} instead.",
                do="Run `qbclean recover`; it reads back what happened.",
                status=result.answer.status,
                intuit_tid=result.answer.intuit_tid,
            )
        if not written.deleted:
            translate.live(request.kind, raw, doing)  # an answer that cannot be read is none
        return WriteReceipt(
            ref=DocumentRef(request.kind, written.id),
            sync_token=written.sync_token,
            after=raw,
            status=result.answer.status,
            intuit_tid=result.answer.intuit_tid,
            attempts=result.attempts,
        )

    def ar_by_customer(self, as_of: date) -> Mapping[str, Decimal]:
        """CustomerBalance report: customer id → open balance of that customer alone, as of that day."""
        return reports.ar_by_customer(self._connection, as_of)

    def income_by_account_and_month(
        self, basis: Basis, first: date, last: date
    ) -> Mapping[tuple[ReportedAccount, str], Decimal]:
        """ProfitAndLoss report: (account, `YYYY-MM`) → income earned; the Income group, zeros left out."""
        return statements.income_by_account_and_month(self._connection, basis, first, last)

    def balance_sheet(self, basis: Basis, as_of: date) -> Mapping[ReportedAccount, Decimal]:
        """BalanceSheet report: account → balance in its natural sign, net income among them; zeros left out."""
        return statements.balance_sheet(self._connection, basis, as_of)

    def _by_id(self, kind: DocumentKind, id_: str) -> list[bytes]:
        doing = f"Reading {kind} {id_}"
        try:
            body = self._connection.single(kind, id_, doing)
        except DocumentNotFoundError:
            return []
        return [translate.single(body, kind, doing)]

    def _by_ids(self, kind: DocumentKind, ids: list[str]) -> Iterator[bytes]:
        for start in range(0, len(ids), IDS_PER_QUERY):
            some = ids[start : start + IDS_PER_QUERY]
            wanted = ",".join(_quoted(id_) for id_ in some)
            yield from self._rows(kind, f"Id IN ({wanted})", f"Reading {len(some)} documents of kind {kind}")

    def _since(self, field: str, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        doing = f"Looking for a {kind} that was made or changed meanwhile"
        found = self._rows(kind, f"MetaData.{field} >= {_quoted(since.isoformat(timespec='seconds'))}", doing)
        return tuple(translate.live(kind, raw, doing) for raw in found)

    def _rows(self, kind: DocumentKind, where: str, doing: str) -> Iterator[bytes]:
        start = 1
        while True:
            statement = f"SELECT * FROM {kind} WHERE {where} ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}"
            rows = translate.queried(self._connection.query(statement, doing), kind, doing)
            yield from rows
            if len(rows) < PAGE:
                return
            start += len(rows)


def _not_an_answer_to(request: PlannedRequest, written: translate.Stub) -> str:
    """What the answer is about, when it is not about what `request` asked; "" when it is."""
    if not written.id or (request.target is not None and written.id != request.target.id):
        return f"{request.kind} {written.id or 'without an id'}"
    if written.deleted != (request.operation == "delete"):
        return f"a {request.kind} that {'is deleted' if written.deleted else 'is still there'}"
    return ""


def _quoted(value: str) -> str:
    """A text in a query statement; the apostrophe is escaped by a backslash (contract 3.1)."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
