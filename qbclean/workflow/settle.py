"""Settling one write whose effect is not known: look first, repeat only where that cannot do harm, else leave it.

R20 and R21: the request is repeated only under its own id and with its own body, and only when QuickBooks does not show
its effect. What neither looking nor repeating can tell is left `unknown` for a person; it is never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from qbclean.errors import BooksClosedError, GatewayError, StaleDocumentError, ThrottledError, UnavailableError
from qbclean.ledger.refusal import SimulationError
from qbclean.model.documents import AnyDocument
from qbclean.model.fingerprint import content_hash, differences
from qbclean.model.journal import Image, JournaledWrite, WriteIntent, WriteOutcome
from qbclean.model.refs import DocumentRef
from qbclean.model.write import MARK, PlannedRequest, WriteReceipt
from qbclean.plan.expectations import as_sent, documents_in, foreseen
from qbclean.ports.ambient import Clock
from qbclean.ports.gateway import DocumentSearch, LiveDocument, QuickBooksGateway
from qbclean.ports.journal import Journal
from qbclean.workflow.moments import Passing, unwatched
from qbclean.workflow.noticed import Noticed, notice, outcome_of_noticed

REPLAY_HORIZON = timedelta(minutes=10)
"""How long QuickBooks is trusted to know a request id: it does not document it (contract 11.3)."""

_DUPLICATE_REQUEST = "600"
STALE = "5010"
"""QuickBooks' code for a SyncToken that is no longer the current one."""

Sighting = Literal["there", "not there", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What reading back showed. `document` is the written document where its effect is there (None: deleted).

    `noticed`: what QuickBooks made by itself of the credit that the request applies (S09).
    """

    seen: Sighting
    words: str = ""
    ref: DocumentRef | None = None
    document: LiveDocument | None = None
    noticed: Noticed | None = None


def is_effect_unknown(error: GatewayError) -> bool:
    """True when the request may or may not have been carried out (R22)."""
    return isinstance(error, UnavailableError | ThrottledError) or error.code == _DUPLICATE_REQUEST


def done(intent: WriteIntent, receipt: WriteReceipt, at: datetime) -> WriteOutcome:
    """The outcome of a write that QuickBooks confirmed."""
    gone = intent.operation == "delete"
    return WriteOutcome(
        run_id=intent.run_id,
        request_id=intent.request_id,
        state="done",
        ref=receipt.ref,
        sync_token=receipt.sync_token,
        after=() if gone else (Image(ref=receipt.ref, raw=receipt.after.decode()),),
        status=receipt.status,
        intuit_tid=receipt.intuit_tid,
        attempts=receipt.attempts,
        at=at,
    )


def failed_with(intent: WriteIntent, error: GatewayError, at: datetime) -> WriteOutcome:
    """The outcome of a write that QuickBooks refused, or of which nobody knows whether it was carried out.

    A closed period is no reason to try another date (S28): it is reported as blocked by close.
    """
    return WriteOutcome(
        run_id=intent.run_id,
        request_id=intent.request_id,
        state="unknown" if is_effect_unknown(error) else "refused",
        status=error.status,
        code=STALE if isinstance(error, StaleDocumentError) else error.code,
        intuit_tid=error.intuit_tid,
        message=f"Blocked by close: {error}" if isinstance(error, BooksClosedError) else str(error),
        at=at,
    )


def settle_in_doubt(
    write: JournaledWrite,
    *,
    gateway: QuickBooksGateway,
    journal: Journal,
    clock: Clock,
    horizon: timedelta = REPLAY_HORIZON,
    passing: Passing = unwatched,
) -> WriteOutcome:
    """The outcome of a write in doubt, committed to the journal; `unknown` when it stays in doubt.

    Raises AuthorizationError when QuickBooks no longer lets us ask; the write then stays in doubt.
    """
    intent = write.intent
    try:
        look = _look_for(intent, gateway, journal)
        passing("looked back", intent.action_id)
        outcome = _concluded(intent, look, gateway, clock, horizon)
    except GatewayError as error:
        outcome = failed_with(intent, error, clock.now())
        outcome = msgspec.structs.replace(outcome, settled_by="" if outcome.state == "unknown" else "replay")
        outcome = unless_it_shows(outcome, intent, gateway, journal)
    passing("before settling", intent.action_id)
    journal.settle(outcome)
    passing("settled", intent.action_id)
    return outcome


def unless_it_shows(
    outcome: WriteOutcome, intent: WriteIntent, gateway: QuickBooksGateway, journal: Journal
) -> WriteOutcome:
    """`outcome`, or where it is a refusal that QuickBooks' own books belie: done.

    A refusal is an answer to one delivery of the request. The network may deliver it twice, and something in between
    may answer in QuickBooks' place; a refusal that is believed too early is an effect that nobody knows of.
    """
    if outcome.state != "refused" or not outcome.status:
        return outcome
    try:
        look = _look_for(intent, gateway, journal)
    except GatewayError:
        return outcome
    if look.noticed:
        return _belied(outcome, outcome_of_noticed(intent, look.noticed, outcome.at))
    if look.seen != "there" or (intent.operation == "create" and not _mark_of(intent)):
        return outcome
    return _shown(outcome, look, f"QuickBooks shows the effect, although it answered otherwise: {outcome.message}")


def _belied(refused: WriteOutcome, noticed: WriteOutcome) -> WriteOutcome:
    """A refusal because QuickBooks used the credit by itself just before: done where it did what was asked."""
    was_done = noticed.state == "done"
    return msgspec.structs.replace(
        refused,
        state="done" if was_done else "refused",
        ref=noticed.ref,
        sync_token=noticed.sync_token,
        after=noticed.after,
        settled_by=noticed.settled_by,
        message="QuickBooks applied the credit by itself just before, and so refused this request."
        if was_done
        else f"{refused.message} {noticed.message}",
    )


# ------------------------------------------------------------------ looking
def _look_for(intent: WriteIntent, gateway: QuickBooksGateway, journal: Journal) -> _Look:
    before = {document.ref: document for document in documents_in(intent.before)}
    request = as_sent(intent)
    live = gateway.read(tuple(before))
    if noticed := notice(request, live, gateway):
        return _Look(seen="not there" if noticed.elsewhere else "there", noticed=noticed)
    try:
        if intent.operation == "create":
            look = _look_for_created(intent, request, before, gateway, journal)
        else:
            look = _look_for_changed(request, before, live)
    except SimulationError as error:
        return _Look(seen="unclear", words=str(error))
    if look.seen != "not there":
        return look
    moved = [ref for ref, then in before.items() if ref != intent.target and not _same(then, live.get(ref))]
    if moved and intent.operation == "create" and not _mark_of(intent):
        return _Look(seen="unclear", words=f"{moved[0]} has changed since, and what was created carries no mark")
    if moved:
        return _Look(seen="not there", words=f"{moved[0]} has changed since")
    return look


def _look_for_changed(
    request: PlannedRequest, before: Mapping[DocumentRef, AnyDocument], live: Mapping[DocumentRef, LiveDocument]
) -> _Look:
    """A change of a document that was there: its token rises with every save, so the same token means: not saved."""
    target = request.target
    if target is None:
        return _Look(seen="unclear", words="the request names no document")
    then, now = before[target], live.get(target)
    expected = foreseen(request, before.values(), then.id).get(target)
    if now is None:
        seen: Sighting = "there" if expected is None else "unclear"
        return _Look(seen=seen, ref=target, words="" if seen == "there" else f"{target} is gone")
    if now.document.sync_token == then.sync_token:
        return _Look(seen="not there")
    if expected is not None and not differences(expected, now.document):
        return _Look(seen="there", ref=target, document=now)
    if content_hash(now.document) == content_hash(then):
        return _Look(seen="not there")
    return _Look(seen="unclear", words=f"{target} is neither as it was before nor as it should be after")


def _look_for_created(
    intent: WriteIntent,
    request: PlannedRequest,
    before: Mapping[DocumentRef, AnyDocument],
    gateway: QuickBooksGateway,
    journal: Journal,
) -> _Look:
    """A new document: by its mark; without one, by what it says."""
    mark = _mark_of(intent)
    found = gateway.find(
        DocumentSearch(
            kind=intent.kind,
            customer_id=str(intent.body.get("CustomerRef", {}).get("value", "")),
            txn_date=date.fromisoformat(intent.body["TxnDate"]),
            doc_number=intent.body.get("DocNumber"),
            marker=mark,
        )
    )
    known = _created_before(journal, intent.request_id) | before.keys()
    fresh = [live for live in found if live.document.ref not in known]
    expected = foreseen(request, before.values(), "new").get(DocumentRef(intent.kind, "new"))
    alike = [live for live in fresh if expected is not None and not _differs(request, expected, live.document)]
    candidates = alike or (fresh if mark else [])
    if len(candidates) == 1:
        return _Look(seen="there", ref=candidates[0].document.ref, document=candidates[0])
    if candidates:
        names = ", ".join(str(live.document.ref) for live in candidates)
        return _Look(seen="unclear", words=f"more than one document could be the one: {names}")
    return _Look(seen="not there")


def _differs(request: PlannedRequest, expected: AnyDocument, actual: AnyDocument) -> bool:
    """Links and balance may have moved on since, and what the body leaves open is QuickBooks' to fill."""
    own = {"due_date": "DueDate", "doc_number": "DocNumber", "currency": "CurrencyRef"}
    ignored = {fact for fact, name in own.items() if not request.body.get(name)}
    return bool(differences(expected, actual, ignore=ignored | {"links", "balance"}))


def _created_before(journal: Journal, request_id: str) -> Collection[DocumentRef]:
    """Documents that other writes are known to have created: a mark names an action, and an action may create twice."""
    return {
        write.outcome.ref
        for listed in journal.runs()
        if (run := journal.run(listed.start.id))
        for write in run.writes
        if write.intent.request_id != request_id and write.outcome and write.outcome.ref
    }


def _mark_of(intent: WriteIntent) -> str:
    found = MARK.search(str(intent.body.get("PrivateNote", "")))
    return found[0] if found else ""


def _same(then: AnyDocument, now: LiveDocument | None) -> bool:
    return now is not None and content_hash(then) == content_hash(now.document)


# ------------------------------------------------------------------ concluding
def _concluded(
    intent: WriteIntent, look: _Look, gateway: QuickBooksGateway, clock: Clock, horizon: timedelta
) -> WriteOutcome:
    now = clock.now()
    if look.noticed:
        return outcome_of_noticed(intent, look.noticed, now)
    outcome = WriteOutcome(run_id=intent.run_id, request_id=intent.request_id, state="unknown", at=now)
    if look.seen == "there":
        return _shown(outcome, look, "No answer came, but QuickBooks shows the effect.")
    if look.seen == "unclear":
        return msgspec.structs.replace(outcome, message=_parked(look.words))
    if look.words:
        return msgspec.structs.replace(
            outcome,
            state="failed",
            settled_by="read-back",
            message=f"It was not carried out, and {look.words}; it was not sent again.",
        )
    if intent.operation == "create" and not _mark_of(intent) and now - intent.at > horizon:
        return msgspec.structs.replace(outcome, message=_parked("what it creates carries no mark to look for"))
    receipt = gateway.send(as_sent(intent))
    return msgspec.structs.replace(done(intent, receipt, clock.now()), settled_by="replay")


def _shown(outcome: WriteOutcome, look: _Look, message: str) -> WriteOutcome:
    return msgspec.structs.replace(
        outcome,
        state="done",
        ref=look.ref,
        sync_token=look.document.document.sync_token if look.document else "",
        after=(Image(ref=look.document.document.ref, raw=look.document.raw.decode()),) if look.document else (),
        settled_by="read-back",
        message=message,
    )


def _parked(words: str) -> str:
    return f"Whether it was carried out cannot be told: {words}. Look at it in QuickBooks, then pull and plan again."
