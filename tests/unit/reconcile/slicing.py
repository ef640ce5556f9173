"""Cuts a company into slices by hand: some customers each, with all their documents of both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import msgspec

from qbclean.detect import detect
from qbclean.match.bundles import Bundle
from qbclean.match.pairing import MatchSet
from qbclean.match.party_records import crm_party
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.documents import AnyDocument, Deposit, JournalEntry
from qbclean.model.finding import Finding
from qbclean.model.reconciliation import Listed
from qbclean.model.settings import CompanySettings
from qbclean.reconcile.mismatches import balance_mismatches
from qbclean.reconcile.places import Places
from qbclean.reconcile.slices import ReconciledSlice, reconcile_slice
from qbclean.reconcile.verdicts import Verdicts
from qbclean.workflow.answer import verdicts_of
from qbclean.workflow.propose import inquire

NOBODY = ""
"""Whom a document is of that names no known customer."""


@dataclass(frozen=True)
class Story:
    """A company or a slice of it, matched."""

    books: ReceivablesSnapshot
    crm: CrmRecords
    matches: MatchSet
    verdicts: Verdicts


def judged(books: ReceivablesSnapshot, crm: CrmRecords, *, as_of: date) -> tuple[Story, list[Finding]]:
    """A company with the detectors' verdicts on it, and their findings."""
    inquiry = inquire(books, crm, CompanySettings(), as_of=as_of)
    findings = [found.finding for found in detect(inquiry)]
    return Story(books, inquiry.crm, inquiry.matches, verdicts_of(inquiry)), findings


def reconciled_part(story: Story, *, as_of: date, listed: Listed = "every") -> ReconciledSlice:
    return reconcile_slice(
        story.books, story.crm, story.matches, CompanySettings(), as_of=as_of, verdicts=story.verdicts, listed=listed
    )


def through_msgpack(part: ReconciledSlice) -> ReconciledSlice:
    """As it arrives from another process."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(part), type=ReconciledSlice)


def mismatches_of(
    reconciled: Sequence[ReconciledSlice], stories: Sequence[Story], findings: Sequence[Finding]
) -> dict[str, Finding]:
    """Party → what is said of its balance, found slice by slice."""
    found: dict[str, Finding] = {}
    for part, story in zip(reconciled, stories, strict=True):
        found |= balance_mismatches(part.unaccounted, findings, story.books, story.matches.customers)
    return found


class Cut:
    """`count` slices of `whole`. Parties that share a payment, or a deposit line that names nobody, stay together."""

    def __init__(self, whole: Story, count: int) -> None:
        self._whole, self._count = whole, count
        self._places = Places(whole.books, whole.crm, whole.matches.customers)
        self._root: dict[str, str] = {}
        self._join_parties()
        heads = sorted({self._find(group.key) for group in whole.matches.customers.groups} | {self._find(NOBODY)})
        self._number = {head: place % count for place, head in enumerate(heads)}

    def slices(self) -> list[Story]:
        return [self._slice(number) for number in range(self._count)]

    # ------------------------------------------------------------------ who belongs together
    def _find(self, party: str) -> str:
        while (above := self._root.get(party, party)) != party:
            party = above
        return party

    def _join(self, parties: Iterable[str]) -> None:
        heads = sorted({self._find(party) for party in parties})
        self._root |= dict.fromkeys(heads[1:], heads[0]) if heads else {}

    def _join_parties(self) -> None:
        books, crm = self._whole.books, self._whole.crm
        for payment in books.payments.values():
            paid = (books.document(ref) for ref, _ in payment.applications if ref.kind != "JournalEntry")
            self._join(self._party_of(document) for document in (payment, *paid) if document)
        for record in crm.payments:
            invoices = (crm.invoices_by_id.get(line.invoice_id) for line in record.applied)
            parties = (self._places.of_invoice(invoice).party for invoice in invoices if invoice)
            self._join((self._known(self._places.of_payment(record).party), *map(self._known, parties)))
        for deposit in books.deposits.values():
            for line in deposit.line:
                detail = line.deposit_line_detail
                if detail and not detail.entity and not line.linked_txn:
                    payers = (item for item in crm.payments if item.amount == line.amount)
                    parties = (self._known(self._places.of_payment(item).party) for item in payers)
                    self._join((self._counted_with(deposit), *parties))

    def _counted_with(self, shared: Deposit | JournalEntry) -> str:
        """The first party that a deposit or journal entry names."""
        return next(iter(self._touched(shared)), NOBODY)

    def _known(self, party: str) -> str:
        return party if party in self._keys else NOBODY

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(group.key for group in self._whole.matches.customers.groups)

    def _party_of(self, document: AnyDocument) -> str:
        return self._known(self._places.of_customer(getattr(document, "customer_id", NOBODY)).party)

    def _touched(self, shared: Deposit | JournalEntry) -> list[str]:
        """The parties it names, in order."""
        named = []
        for line in shared.line:
            if line.deposit_line_detail and line.deposit_line_detail.entity:
                named.append(line.deposit_line_detail.entity.value)
            entry = line.journal_entry_line_detail
            if entry and entry.entity and entry.entity.entity_ref:
                named.append(entry.entity.entity_ref.value)
        parties = (self._known(self._places.of_customer(customer).party) for customer in named)
        return list(dict.fromkeys(parties))

    # ------------------------------------------------------------------ one slice
    def _slice(self, number: int) -> Story:
        return Story(
            books=self._books(number),
            crm=(crm := self._crm(number)),
            matches=self._matches(crm),
            verdicts=_verdicts(self._whole.verdicts, crm),
        )

    def _in(self, number: int, party: str) -> bool:
        return self._number[self._find(self._known(party))] == number

    def _books(self, number: int) -> ReceivablesSnapshot:
        books = self._whole.books
        of_customers: dict[str, Any] = {
            name: {key: item for key, item in getattr(books, name).items() if self._in(number, self._party_of(item))}
            for name in ("invoices", "payments", "credit_memos", "sales_receipts", "refund_receipts")
        }
        shared: dict[str, Any] = {"deposits": {}, "journal_entries": {}}
        borrowed = set()
        for name, kept in shared.items():
            for key, item in getattr(books, name).items():
                counted = self._in(number, self._counted_with(item))
                if counted or any(self._in(number, party) for party in self._touched(item)):
                    kept[key] = item
                if not counted:
                    borrowed.add(item.ref)
        return replace(
            books,
            customers={
                key: item
                for key, item in books.customers.items()
                if self._in(number, self._places.of_customer(key).party)
            },
            ar_by_customer={
                key: amount
                for key, amount in books.ar_by_customer.items()
                if self._in(number, self._places.of_customer(key).party)
            },
            borrowed=frozenset(borrowed),
            **of_customers,
            **shared,
        )

    def _crm(self, number: int) -> CrmRecords:
        crm, places = self._whole.crm, self._places
        return msgspec.structs.replace(
            crm,
            customers=tuple(item for item in crm.customers if self._in(number, self._group(item.crm_id))),
            jobs=tuple(item for item in crm.jobs if self._in(number, self._group(item.customer_id))),
            invoices=tuple(item for item in crm.invoices if self._in(number, places.of_invoice(item).party)),
            payments=tuple(item for item in crm.payments if self._in(number, places.of_payment(item).party)),
            credits=tuple(item for item in crm.credits if self._in(number, places.of_credit(item).party)),
            refunds=tuple(item for item in crm.refunds if self._in(number, self._group(item.customer_id or ""))),
            elsewhere=frozenset(kind for kind in ("invoice", "payment", "credit") if crm.tells(kind)),
        )

    def _group(self, crm_id: str) -> str:
        return self._whole.matches.customers.group_of_crm.get(crm_party(crm_id, ""), NOBODY)

    def _matches(self, crm: CrmRecords) -> MatchSet:
        """The pairs of the slice's records alone, as matching the slice alone would find them."""
        matches = self._whole.matches
        invoices = frozenset(item.crm_id for item in crm.invoices)
        payments = frozenset(item.crm_id for item in crm.payments)
        credits_ = frozenset(item.crm_id for item in crm.credits)
        return replace(
            matches,
            invoices=replace(
                matches.invoices,
                **_pairs(matches.invoices.pairs, invoices),
                receipts={key: other for key, other in matches.invoices.receipts.items() if key in invoices},
            ),
            payments=replace(matches.payments, **_pairs(matches.payments.pairs, payments)),
            credits=replace(matches.credits, **_pairs(matches.credits.pairs, credits_)),
            bundles=tuple(bundle for bundle in matches.bundles if _touches(bundle, invoices)),
        )


def _pairs(pairs: Mapping[str, str], ids: frozenset[str]) -> dict[str, Any]:
    kept = {crm_id: qbo_id for crm_id, qbo_id in pairs.items() if crm_id in ids}
    return {"pairs": kept, "pair_of": {qbo_id: crm_id for crm_id, qbo_id in kept.items()}}


def _verdicts(verdicts: Verdicts, crm: CrmRecords) -> Verdicts:
    ours = crm.invoices_by_id.keys()
    return replace(
        verdicts,
        copies={key: crm_id for key, crm_id in verdicts.copies.items() if not crm_id or crm_id in ours},
        survivors={crm_id: key for crm_id, key in verdicts.survivors.items() if crm_id in ours},
    )


def _touches(bundle: Bundle, ids: frozenset[str]) -> bool:
    return not ids.isdisjoint(bundle.crm_ids)
