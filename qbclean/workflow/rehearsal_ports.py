"""The ports of a dry run: a gateway that cannot write and a journal that forgets.

Reads are real; what a request would change is simulated and laid over them, so that later steps see it. The document
that an action would create has its placeholder for an Id, so the requests shown are the reviewed ones (R10).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from qbclean.errors import RefusedError
from qbclean.ledger.simulate import SimulationError
from qbclean.model.action import Basis, PlannedAction
from qbclean.model.approval import DecisionRecord
from qbclean.model.books import Environment
from qbclean.model.documents import AnyDocument
from qbclean.model.journal import (
    ActionSkipped,
    ChainHead,
    ChainReport,
    JournaledRun,
    JournaledWrite,
    ListedRun,
    RunEnd,
    RunStart,
    WriteIntent,
    WriteOutcome,
)
from qbclean.model.lists import CompanyInfo, Preferences
from qbclean.model.refs import DocumentKind, DocumentRef, RealmId
from qbclean.model.write import PlannedRequest, WriteReceipt
from qbclean.plan.expectations import foreseen, linked_by
from qbclean.plan.placeholders import id_placeholder
from qbclean.ports.gateway import DocumentSearch, LiveDocument, QuickBooksGateway, ReportedAccount
from qbclean.ports.journal import Journal


class RehearsalGateway:
    """Reads through `real`; `send` changes only what later reads of this object see."""

    def __init__(self, real: QuickBooksGateway, actions: Sequence[PlannedAction]) -> None:
        self._real = real
        self._new_ids = _new_ids(actions)
        self._laid_over: dict[DocumentRef, LiveDocument | None] = {}

    @property
    def realm_id(self) -> RealmId:
        return self._real.realm_id

    @property
    def environment(self) -> Environment:
        return self._real.environment

    def company(self) -> CompanyInfo:
        return self._real.company()

    def preferences(self) -> Preferences:
        return self._real.preferences()

    def read(self, refs: Collection[DocumentRef]) -> Mapping[DocumentRef, LiveDocument]:
        """The documents as they would be by now."""
        untouched = [ref for ref in refs if ref not in self._laid_over]
        found = dict(self._real.read(untouched)) if untouched else {}
        for ref in refs:
            document = self._laid_over.get(ref)
            if document is not None:
                found[ref] = document
        return found

    def find(self, search: DocumentSearch) -> tuple[LiveDocument, ...]:
        """Nothing is ever in doubt in a rehearsal, so the real books answer."""
        return self._real.find(search)

    def created_since(self, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        return self._real.created_since(kind, since)

    def changed_since(self, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        return self._real.changed_since(kind, since)

    def send(self, request: PlannedRequest) -> WriteReceipt:
        """The receipt QuickBooks would give by our ledger. Raises RefusedError where it foresees a refusal."""
        refs = {*request.changes, *linked_by(request), *((request.target,) if request.target else ())}
        before = [live.document for live in self.read(sorted(refs)).values()]
        new_id = self._new_ids.get(request.request_id, "")
        try:
            predicted = foreseen(request, before, new_id)
        except SimulationError as error:
            raise RefusedError(error.what, why=error.why, do=error.do) from error
        for ref, document in predicted.items():
            self._laid_over[ref] = _live(document) if document else None
        written = request.target or DocumentRef(request.kind, new_id)
        now = self._laid_over.get(written)
        return WriteReceipt(
            ref=written, sync_token=now.document.sync_token if now else "", after=now.raw if now else b""
        )

    def ar_by_customer(self, as_of: date) -> Mapping[str, Decimal]:
        return self._real.ar_by_customer(as_of)

    def income_by_account_and_month(
        self, basis: Basis, first: date, last: date
    ) -> Mapping[tuple[ReportedAccount, str], Decimal]:
        return self._real.income_by_account_and_month(basis, first, last)

    def balance_sheet(self, basis: Basis, as_of: date) -> Mapping[ReportedAccount, Decimal]:
        return self._real.balance_sheet(basis, as_of)


class RehearsalJournal:
    """Knows what `real` knows, and what is written into it for as long as it lives."""

    def __init__(self, real: Journal) -> None:
        self._real = real
        self._writes: dict[str, JournaledWrite] = {}

    def record_plan(self, digest: str, *, made_at: str, origin: str) -> None:
        """A rehearsal records no plan."""

    def record_decisions(self, decisions: Sequence[DecisionRecord]) -> None:
        """A rehearsal decides nothing."""

    def decisions(self, digest: str) -> tuple[DecisionRecord, ...]:
        return self._real.decisions(digest)

    def start_run(self, run: RunStart) -> None:
        """A rehearsal is no run."""

    def finish_run(self, end: RunEnd) -> None:
        """A rehearsal is no run."""

    def skip(self, skipped: ActionSkipped) -> None:
        """The outcome of the rehearsal says it."""

    def intend(self, intent: WriteIntent) -> None:
        self._writes[intent.request_id] = JournaledWrite(intent=intent, outcome=None)

    def settle(self, outcome: WriteOutcome) -> None:
        write = self._writes[outcome.request_id]
        self._writes[outcome.request_id] = msgspec.structs.replace(write, outcome=outcome)

    def write(self, request_id: str) -> JournaledWrite | None:
        return self._writes.get(request_id) or self._real.write(request_id)

    def in_doubt(self) -> tuple[JournaledWrite, ...]:
        return self._real.in_doubt()

    def knows_plan(self, digest: str) -> bool:
        return self._real.knows_plan(digest)

    def runs(self) -> tuple[ListedRun, ...]:
        return self._real.runs()

    def run(self, run_id: str) -> JournaledRun | None:
        return self._real.run(run_id)

    def runs_of_plan(self, digest: str) -> tuple[ListedRun, ...]:
        return self._real.runs_of_plan(digest)

    def head(self) -> ChainHead:
        return self._real.head()

    def verify(self) -> ChainReport:
        return self._real.verify()


def _new_ids(actions: Sequence[PlannedAction]) -> dict[str, str]:
    """Request id → the Id its document would have: the placeholder for an action's first create, else a made-up one."""
    ids: dict[str, str] = {}
    for action in actions:
        creates = [request for request in action.requests if request.operation == "create"]
        for position, request in enumerate(creates):
            ids[request.request_id] = id_placeholder(action.id if position == 0 else f"{action.id}.{request.step}")
    return ids


def _live(document: AnyDocument) -> LiveDocument:
    return LiveDocument(document=document, raw=msgspec.json.encode(document))
