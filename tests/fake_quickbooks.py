"""QuickBooks in memory, for tests of the executor: a `QuickBooksGateway` that keeps documents as wire JSON.

It shares no code with `qbclean.ledger`, so that a prediction of the ledger and an answer of this fake are two opinions.
It knows invoices, payments and credit memos (others are held and read, not written), sales without discounts, and the
two report figures the proof needs. Faults are switched on per send: see `fault`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import msgspec

from qbclean.errors import (
    BooksClosedError,
    DocumentNotFoundError,
    GatewayError,
    RefusedError,
    StaleDocumentError,
    UnavailableError,
)
from qbclean.model.action import Basis
from qbclean.model.books import Environment, ReceivablesSnapshot
from qbclean.model.documents import DOCUMENT_TYPES
from qbclean.model.lists import CompanyInfo, Preferences
from qbclean.model.refs import DocumentKind, DocumentRef, RealmId
from qbclean.model.write import PlannedRequest, WriteReceipt
from qbclean.ports.gateway import DocumentSearch, LiveDocument, ReportedAccount
from tests.fake_reports import SALES, ZERO, FakeReports, Raw, amount_of, applications

TYPE_OF = {type_.kind: type_ for type_ in DOCUMENT_TYPES}
FaultPlace = Literal["before", "after"]


class FakeQuickBooks:
    """One company. Construct it from a snapshot; `touch` is called by name at every point where a process could die."""

    def __init__(self, books: ReceivablesSnapshot, *, touch: Callable[[str], None] | None = None) -> None:
        self.realm_id: RealmId = books.realm_id
        self.environment: Environment = books.environment
        self.company_info: CompanyInfo = books.company
        self.current_preferences: Preferences = books.preferences
        self._books = books
        self.documents: dict[DocumentRef, Raw] = {
            document.ref: json.loads(books.raw_of(document.ref), parse_float=Decimal) for document in books.documents()
        }
        self.touch = touch or (lambda _point: None)
        self.sent: list[PlannedRequest] = []
        self.reads = 0
        self.answers: dict[str, WriteReceipt] = {}
        self.carried_out: list[str] = []
        """The request id of every write that had its effect, each time it had."""
        self.remembers_request_ids = True
        self.takes_unvoid = True
        self.applies_credits: Literal["", "at once", "later"] = ""
        """Whether a new credit memo goes to the oldest open invoices by itself: before its answer, or after."""
        self.unreachable = False
        self._faults: dict[int, tuple[FaultPlace, GatewayError]] = {}
        self._after_send: dict[int, Callable[[], None]] = {}
        self._turn = threading.RLock()
        self._next_id = 9000
        self._saved = 0

    # ------------------------------------------------------------------ what tests do to it
    def fault(self, send: int, place: FaultPlace, error: GatewayError | None = None) -> None:
        """Fail the `send`-th request (from 1): `before` it has any effect, or `after` (the reply is lost)."""
        self._faults[send] = (place, error or UnavailableError("No answer from QuickBooks.", status=0))

    def meanwhile(self, send: int, event: Callable[[], None]) -> None:
        """Let something else happen in the company right after the `send`-th request was answered."""
        self._after_send[send] = event

    def edit(self, ref: DocumentRef, **fields: Any) -> None:
        """A person's edit: fields by their wire names; the SyncToken rises."""
        self.documents[ref] |= fields
        self._save(self.documents[ref])
        self._settle()

    def enter(self, kind: DocumentKind, body: Raw) -> DocumentRef:
        """A person's new document."""
        raw = self._create(kind, deepcopy(body))
        self._settle()
        return DocumentRef(kind, raw["Id"])

    def raw(self, ref: DocumentRef) -> Raw:
        return self.documents[ref]

    def essence(self) -> Mapping[DocumentRef, Raw]:
        """Everything but tokens and times, for comparing two companies."""
        return {
            ref: {key: value for key, value in raw.items() if key not in ("SyncToken", "MetaData")}
            for ref, raw in sorted(self.documents.items())
        }

    # ------------------------------------------------------------------ the port: reads
    def company(self) -> CompanyInfo:
        return self.company_info

    def preferences(self) -> Preferences:
        self._reach("preferences")
        return self.current_preferences

    def read(self, refs: Collection[DocumentRef]) -> Mapping[DocumentRef, LiveDocument]:
        with self._turn:
            return self._read(refs)

    def _read(self, refs: Collection[DocumentRef]) -> Mapping[DocumentRef, LiveDocument]:
        self._reach("read")
        self.reads += len({ref.kind for ref in refs})
        return {ref: self._live(ref) for ref in refs if ref in self.documents}

    def find(self, search: DocumentSearch) -> tuple[LiveDocument, ...]:
        self._reach("find")
        return tuple(
            self._live(ref)
            for ref, raw in sorted(self.documents.items())
            if ref.kind == search.kind
            and raw.get("CustomerRef", {}).get("value") == search.customer_id
            and (
                raw["TxnDate"] == search.txn_date.isoformat()
                or (search.doc_number is not None and raw.get("DocNumber") == search.doc_number)
            )
            and search.marker in raw.get("PrivateNote", "")
        )

    def created_since(self, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        return self._since("CreateTime", kind, since)

    def changed_since(self, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        return self._since("LastUpdatedTime", kind, since)

    def _since(self, field: str, kind: DocumentKind, since: datetime) -> tuple[LiveDocument, ...]:
        self._reach("find")
        return tuple(
            self._live(ref)
            for ref, raw in sorted(self.documents.items())
            if ref.kind == kind and datetime.fromisoformat(raw["MetaData"][field]) >= since
        )

    def ar_by_customer(self, as_of: date) -> Mapping[str, Decimal]:
        self._reach("report")
        return self._reports().ar_by_customer(as_of)

    def income_by_account_and_month(
        self, basis: Basis, first: date, last: date
    ) -> Mapping[tuple[ReportedAccount, str], Decimal]:
        self._reach("report")
        return self._reports().income_by_account_and_month(basis, first, last)

    def balance_sheet(self, basis: Basis, as_of: date) -> Mapping[ReportedAccount, Decimal]:
        self._reach("report")
        return self._reports().balance_sheet(basis, as_of)

    def _reports(self) -> FakeReports:
        return FakeReports(self._books, self.documents)

    # ------------------------------------------------------------------ the port: writes
    def send(self, request: PlannedRequest) -> WriteReceipt:
        with self._turn:
            return self._send(request)

    def _send(self, request: PlannedRequest) -> WriteReceipt:
        self.touch("send: before")
        self.sent.append(request)
        place, error = self._faults.get(len(self.sent), (None, None))
        if error and place == "before":
            raise error
        if self.unreachable:
            raise UnavailableError("No answer from QuickBooks.")
        number = len(self.sent)
        receipt = self.answers.get(request.request_id) if self.remembers_request_ids else None
        if receipt is None:
            receipt = self._carry_out(request)
            self.answers[request.request_id] = receipt
            self.carried_out.append(request.request_id)
        self.touch("send: after the effect")
        if number in self._after_send:
            self._after_send.pop(number)()
        if error:
            raise error
        return receipt

    def _carry_out(self, request: PlannedRequest) -> WriteReceipt:
        before = deepcopy(self.documents)
        try:
            body = _numbers(deepcopy(request.body))
            ref = self._write(request, body)
            self._settle()
            if self.applies_credits == "at once":
                self._apply_by_itself(request, ref)
            self._check()
        except GatewayError:
            self.documents = before
            raise
        if ref not in self.documents:
            gone = {"domain": "QBO", "status": "Deleted", "Id": ref.id}
            return WriteReceipt(ref=ref, sync_token="", after=json.dumps(gone).encode(), intuit_tid="1-fake")
        raw = self.documents[ref]
        receipt = WriteReceipt(ref=ref, sync_token=raw["SyncToken"], after=_encode(raw), intuit_tid="1-fake")
        if self.applies_credits == "later":
            self._apply_by_itself(request, ref)
        return receipt

    def _write(self, request: PlannedRequest, body: Raw) -> DocumentRef:
        if request.operation == "create":
            self._check_open(body["TxnDate"])
            if "allowduplicatedocnum" not in request.path:
                self._check_number(request.kind, body.get("DocNumber"))
            return DocumentRef(request.kind, self._create(request.kind, body)["Id"])
        ref = DocumentRef(request.kind, body["Id"])
        raw = self.documents.get(ref)
        if raw is None:
            raise DocumentNotFoundError(f"{ref} is not there.", status=400, code="610")
        if str(body.get("SyncToken")) != raw["SyncToken"]:
            raise StaleDocumentError(f"{ref} was changed by somebody else.", status=400, code="5010")
        self._check_open(raw["TxnDate"])
        if ref.kind == "Payment" and any(link["TxnType"] == "Deposit" for link in raw.get("LinkedTxn", [])):
            raise RefusedError(f"{ref} has been deposited.", status=400, code="6540")
        if request.operation == "delete":
            self._check_unlinked(ref, "deleted")
            del self.documents[ref]
        elif request.operation == "void":
            self._check_unlinked(ref, "voided")
            self._void(ref, raw)
        else:
            self._update(ref, raw, body)
        return ref

    # ------------------------------------------------------------------ what QuickBooks does with a body
    def _create(self, kind: DocumentKind, body: Raw) -> Raw:
        self._next_id += 1
        raw = {"domain": "QBO", "sparse": False, "Id": str(self._next_id), "SyncToken": "-1", "LinkedTxn": [], **body}
        raw.setdefault("CurrencyRef", {"value": "USD", "name": "United States Dollar"})
        if kind == "Invoice":
            raw.setdefault("DueDate", raw["TxnDate"])
        self.documents[DocumentRef(kind, raw["Id"])] = raw
        self._total(kind, raw)
        self._save(raw)
        return raw

    def _update(self, ref: DocumentRef, raw: Raw, body: Raw) -> None:
        if _is_void(raw) and not self.takes_unvoid:
            raise RefusedError(f"{ref} is void and cannot be changed.", status=400, code="6000")
        changed = {key: value for key, value in body.items() if key not in ("Id", "SyncToken", "sparse")}
        if not body.get("sparse"):
            kept = ("domain", "sparse", "Id", "SyncToken", "MetaData", "LinkedTxn", "TxnDate", "CurrencyRef", "DueDate")
            for key in [key for key in raw if key not in kept]:
                del raw[key]
        raw |= changed
        self._total(ref.kind, raw)
        self._save(raw)

    def _void(self, ref: DocumentRef, raw: Raw) -> None:
        raw["PrivateNote"] = ("Voided " + raw.get("PrivateNote", "")).strip()
        if ref.kind == "Payment":
            raw |= {"Line": [], "TotalAmt": ZERO}
            self._save(raw)
            return
        for line in raw["Line"]:
            line["Amount"] = 0
            for key in ("Qty", "UnitPrice"):
                line.get("SalesItemLineDetail", {}).pop(key, None)
        raw["TxnTaxDetail"] = {"TotalTax": 0}
        self._total("Invoice", raw)
        self._save(raw)

    def _total(self, kind: DocumentKind, raw: Raw) -> None:
        if kind not in SALES:
            raw.setdefault("Line", [])
            raw["TotalAmt"] = amount_of(raw["TotalAmt"])
            return
        lines = [line for line in raw["Line"] if line.get("DetailType") != "SubTotalLineDetail"]
        for position, line in enumerate(lines, start=1):
            line["Id"] = str(position)
            line["Amount"] = amount_of(line["Amount"])
        subtotal = sum((line["Amount"] for line in lines), ZERO)
        raw["Line"] = [*lines, {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}]
        raw.setdefault("TxnTaxDetail", {"TotalTax": 0})
        raw["TotalAmt"] = subtotal + amount_of(raw["TxnTaxDetail"].get("TotalTax", 0))

    def _save(self, raw: Raw) -> None:
        self._saved += 1
        moment = (datetime(2026, 4, 1, tzinfo=UTC) + timedelta(seconds=self._saved)).isoformat()
        raw["MetaData"] = {"CreateTime": moment, **raw.get("MetaData", {}), "LastUpdatedTime": moment}
        raw["SyncToken"] = str(int(raw["SyncToken"]) + 1)

    def _settle(self) -> None:
        """Balances, unapplied amounts and links, from the payments. SyncTokens of the others stay (contract 7.2)."""
        applied: dict[DocumentRef, Decimal] = {}
        payers: dict[DocumentRef, list[str]] = {}
        for ref, raw in self.documents.items():
            if ref.kind == "Payment":
                paid = used = ZERO
                for target, amount in applications(raw):
                    applied[target] = applied.get(target, ZERO) + amount
                    payers.setdefault(target, []).append(ref.id)
                    paid, used = (paid, used + amount) if target.kind != "Invoice" else (paid + amount, used)
                raw["UnappliedAmt"] = amount_of(raw["TotalAmt"]) - paid + used
        for ref, raw in self.documents.items():
            if ref.kind in SALES:
                raw["Balance"] = raw["TotalAmt"] = amount_of(raw["TotalAmt"])
                raw["Balance"] -= applied.get(ref, ZERO)
                others = [link for link in raw.get("LinkedTxn", []) if link["TxnType"] != "Payment"]
                raw["LinkedTxn"] = others + [{"TxnId": id_, "TxnType": "Payment"} for id_ in payers.get(ref, [])]

    def _apply_by_itself(self, request: PlannedRequest, ref: DocumentRef) -> None:
        if request.operation != "create" or ref.kind != "CreditMemo":
            return
        memo = self.documents[ref]
        left, lines = memo["Balance"], []
        for invoice, raw in sorted(self.documents.items(), key=lambda item: (item[1].get("TxnDate", ""), item[0])):
            used = min(left, raw.get("Balance", ZERO)) if invoice.kind == "Invoice" else ZERO
            if raw.get("CustomerRef") == memo["CustomerRef"] and used > 0:
                lines.append({"Amount": used, "LinkedTxn": [{"TxnId": invoice.id, "TxnType": "Invoice"}]})
                left -= used
        if lines:
            lines.append({"Amount": memo["Balance"] - left, "LinkedTxn": [{"TxnId": ref.id, "TxnType": "CreditMemo"}]})
            body = {"CustomerRef": memo["CustomerRef"], "TotalAmt": 0, "TxnDate": memo["TxnDate"], "Line": lines}
            self._create("Payment", body)
            self._settle()

    # ------------------------------------------------------------------ what QuickBooks refuses
    def _check(self) -> None:
        for ref, raw in self.documents.items():
            if ref.kind in SALES and raw["Balance"] < 0:
                raise RefusedError(f"More than its balance would be applied to {ref}.", status=400, code="6000")
            if ref.kind == "Payment":
                if raw["UnappliedAmt"] < 0:
                    raise RefusedError(f"{ref} would apply more than it has.", status=400, code="6000")
                for target, _ in applications(raw):
                    if target not in self.documents:
                        raise DocumentNotFoundError(f"{target} is not there.", status=400, code="610")

    def _check_open(self, day: str) -> None:
        closed = self.current_preferences.accounting_info_prefs.book_close_date
        if closed and day <= closed.isoformat():
            raise BooksClosedError(f"The books are closed through {closed}.", status=400, code="6210")

    def _check_number(self, kind: DocumentKind, number: str | None) -> None:
        if number and any(ref.kind == kind and raw.get("DocNumber") == number for ref, raw in self.documents.items()):
            raise RefusedError(f"Number {number} has already been used.", status=400, code="6140")

    def _check_unlinked(self, ref: DocumentRef, deed: str) -> None:
        if ref.kind != "Payment" and self.documents[ref].get("LinkedTxn"):
            raise RefusedError(f"{ref} is linked and cannot be {deed}.", status=400, code="6000")

    # ------------------------------------------------------------------ inside
    def _live(self, ref: DocumentRef) -> LiveDocument:
        raw = _encode(self.documents[ref])
        return LiveDocument(document=msgspec.json.decode(raw, type=TYPE_OF[ref.kind], strict=False), raw=raw)

    def _reach(self, what: str) -> None:
        self.touch(what)
        if self.unreachable:
            raise UnavailableError("No answer from QuickBooks.")


def _is_void(raw: Raw) -> bool:
    return raw["TotalAmt"] == 0 and str(raw.get("PrivateNote", "")).startswith("Voided")


def _numbers(body: Raw) -> Raw:
    """Amounts of a request are decimal texts; QuickBooks keeps numbers."""
    for line in body.get("Line", []):
        line["Amount"] = amount_of(line["Amount"])
    for key in ("TotalAmt",):
        if key in body:
            body[key] = amount_of(body[key])
    return body


def _encode(raw: Raw) -> bytes:
    return msgspec.json.Encoder(decimal_format="number").encode(raw)
