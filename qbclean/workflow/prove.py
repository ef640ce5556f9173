"""The proof of a run: what QuickBooks' own reports say now, against what they said before plus what was done.

The effect of what was done comes from our ledger over the very documents the run read; the figures come from reports
(S09, S21, S22, R13). Read-back of every touched document names what the figures cannot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import get_args

from qbclean.ledger.effect import effect_of
from qbclean.ledger.simulate import simulate
from qbclean.ledger.world import World
from qbclean.model.action import Basis, Effect
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument
from qbclean.model.fingerprint import differences
from qbclean.model.journal import JournaledWrite
from qbclean.model.money import ZERO, total
from qbclean.model.outcome import Proof, ProofRow
from qbclean.model.plan import Plan
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite
from qbclean.plan.expectations import after_image, as_sent, documents_in, written_by
from qbclean.ports.gateway import QuickBooksGateway

_BASES: tuple[Basis, ...] = get_args(Basis)
READ_BACK = 200
"""Documents per read when everything touched is read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What the reports cover: every day on which a document of the books or of the plan lies; `lock` is S01's L."""

    first: date
    last: date
    lock: date | None

    @classmethod
    def of(cls, books: ReceivablesSnapshot, plan: Plan, today: date) -> Span:
        lock = plan.locks.lock_date(taxed=False)
        days = [plan.as_of, today, *([lock] if lock else []), *(document.txn_date for document in books.documents())]
        return cls(first=date(min(days).year, 1, 1), last=date(max(days).year, 12, 31), lock=lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """QuickBooks' reports at one moment. The `locked_…` figures are those of everything through the lock date."""

    ar: Mapping[str, Decimal]
    income: Mapping[tuple[Basis, int], Decimal]
    locked_ar: Mapping[str, Decimal]
    locked_income: Mapping[Basis, Decimal]

    @classmethod
    def taken(cls, gateway: QuickBooksGateway, span: Span) -> Figures:
        """Asks for four reports, seven when a period is locked. Raises GatewayError when one cannot be had."""
        income: dict[tuple[Basis, int], Decimal] = {}
        locked_income: dict[Basis, Decimal] = {}
        for basis in _BASES:
            years = gateway.income_by_year(basis, span.first, span.last)
            income |= {(basis, year): amount for year, amount in years.items()}
            if span.lock:
                locked_income[basis] = total(gateway.income_by_year(basis, span.first, span.lock).values())
        return cls(
            ar=gateway.ar_by_customer(span.last),
            income=income,
            locked_ar=gateway.ar_by_customer(span.lock) if span.lock else {},
            locked_income=locked_income,
        )


def effect_of_writes(books: ReceivablesSnapshot, writes: Iterable[JournaledWrite]) -> Effect:
    """What `writes`, all done, in order, have done to A/R and income, by our ledger.

    The books are the snapshot with every document the run touched as the run found it.
    """
    done = list(writes)
    found: dict[DocumentRef, AnyDocument] = {}
    for write in done:
        for document in documents_in(write.intent.before):
            found.setdefault(document.ref, document)
    created = {written_by(write) for write in done if write.intent.operation == "create"}
    before = World.of(books.documents()).with_documents(
        document for ref, document in found.items() if ref not in created
    )
    after = before
    for write in done:
        request = as_sent(write.intent)
        step = DocumentWrite(operation=request.operation, kind=request.kind, body=request.body, target=request.target)
        own = {request.target, *request.changes}
        now = [document for document in documents_in(write.intent.before) if document.ref in own]
        after = simulate(after.with_documents(now), step, new_id=written_by(write).id)
        after = after.with_documents([answer] if (answer := after_image(write)) else [])
    return effect_of(books, before, after)


def read_back(gateway: QuickBooksGateway, expected: Mapping[DocumentRef, AnyDocument | None]) -> tuple[str, ...]:
    """Every touched document whose present state is not the expected one, in words; both sides of each link (S09)."""
    refs = sorted(expected)
    wrong: list[str] = []
    for start in range(0, len(refs), READ_BACK):
        part = refs[start : start + READ_BACK]
        live = gateway.read(part)
        for ref in part:
            wanted, found = expected[ref], live.get(ref)
            if wanted is None or found is None:
                if wanted is not None:
                    wrong.append(f"{_named(wanted)} is not in QuickBooks")
                elif found is not None:
                    wrong.append(f"{ref} is still in QuickBooks")
                continue
            moved = differences(wanted, found.document)
            if moved:
                wrong.append(
                    f"{_named(wanted)}: "
                    + ", ".join(
                        f"{field} should be {want or 'empty'}, is {got or 'empty'}" for field, want, got in moved
                    )
                )
    return tuple(wrong)


def proof_of(
    before: Figures, after: Figures, effect: Effect, span: Span, names: Mapping[str, str], documents: tuple[str, ...]
) -> Proof:
    """Predicted against actual: A/R per customer that moved or should have, and in all; income per year and basis;
    and that nothing of the locked period moved. `names`: customer id → the name to show."""
    planned_ar = {change.customer_id: change.amount for change in effect.ar_by_customer}
    planned_income: dict[tuple[Basis, int], Decimal] = defaultdict(lambda: ZERO)
    for change in effect.income:
        planned_income[change.basis, int(change.month[:4])] += change.amount
    rows = [
        _row("A/R", "all customers", total(before.ar.values()), effect.ar, total(after.ar.values())),
        *_by_customer("A/R", before.ar, after.ar, planned_ar, names),
    ]
    for basis in _BASES:
        years = {year for kind, year in (*before.income, *after.income, *planned_income) if kind == basis}
        rows += [
            _row(
                f"Income {basis}",
                str(year),
                before.income.get((basis, year), ZERO),
                planned_income.get((basis, year), ZERO),
                after.income.get((basis, year), ZERO),
            )
            for year in sorted(years)
        ]
    if span.lock:
        through = f"through {span.lock} (locked)"
        rows.append(_row("A/R", through, total(before.locked_ar.values()), ZERO, total(after.locked_ar.values())))
        rows += _by_customer(f"A/R {through}", before.locked_ar, after.locked_ar, {}, names)
        rows += [
            _row(f"Income {basis}", through, before.locked_income[basis], ZERO, after.locked_income[basis])
            for basis in _BASES
        ]
    return Proof(rows=tuple(rows), documents=documents)


def _by_customer(
    what: str,
    before: Mapping[str, Decimal],
    after: Mapping[str, Decimal],
    planned: Mapping[str, Decimal],
    names: Mapping[str, str],
) -> list[ProofRow]:
    return [
        _row(what, names.get(id_, id_), before.get(id_, ZERO), planned.get(id_, ZERO), after.get(id_, ZERO))
        for id_ in sorted(before.keys() | after.keys() | planned.keys())
        if planned.get(id_) or before.get(id_, ZERO) != after.get(id_, ZERO)
    ]


def _row(what: str, scope: str, before: Decimal, change: Decimal, actual: Decimal) -> ProofRow:
    return ProofRow(what=what, scope=scope, before=before, predicted=before + change, actual=actual)


def _named(document: AnyDocument) -> str:
    return f"{document.kind} {document.doc_number} (id {document.id})" if document.doc_number else str(document.ref)
