"""The proof of a run: what QuickBooks' own reports say now, against what they said before plus what was done.

The effect of what was done comes from our ledger over the very documents the run read; the figures come from reports
(S09, S21, S22, R13). Read-back of every document that was touched or relied on names what the figures cannot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from qbclean.ledger.effect import effect_of
from qbclean.ledger.simulate import simulate
from qbclean.ledger.world import World
from qbclean.model.action import Effect
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument
from qbclean.model.fingerprint import differences
from qbclean.model.journal import JournaledWrite
from qbclean.model.money import ZERO, total
from qbclean.model.outcome import Proof, ProofRow
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite
from qbclean.plan.expectations import (
    after_image,
    as_made,
    as_sent,
    documents_in,
    found_by,
    payments_by_itself,
    written_by,
)
from qbclean.ports.gateway import QuickBooksGateway
from qbclean.workflow.figures import BASES, Figures, Span
from qbclean.workflow.proof_names import AccountKey, Names, named

READ_BACK = 200
"""Documents per read when everything touched is read back."""


def effect_of_writes(books: ReceivablesSnapshot, writes: Iterable[JournaledWrite]) -> Effect:
    """What `writes` of one run, in order, have done to A/R, income and money, by our ledger. All are done: by the run,
    or by QuickBooks itself.

    The books are the snapshot with every document the run touched as the run found it. What QuickBooks did with a
    credit of an earlier run was there before this one.
    """
    made = list(writes)
    created = {written_by(write) for write in made if write.intent.operation == "create" and not write.by_itself}
    done = [write for write in made if not write.by_itself or created.intersection(_credits_in(write))]
    by_itself = payments_by_itself(done)
    found: dict[DocumentRef, AnyDocument] = {}
    for write in done:
        for document in found_by(write, by_itself):
            found.setdefault(document.ref, document)
    before = World.of_books(books).with_documents(document for ref, document in found.items() if ref not in created)
    after = before
    for write in done:
        if write.by_itself and write.outcome:
            after = after.with_documents(documents_in(write.outcome.after))
            continue
        request = as_sent(write.intent)
        step = DocumentWrite(operation=request.operation, kind=request.kind, body=request.body, target=request.target)
        own = {request.target, *request.changes}
        now = [document for document in documents_in(write.intent.before) if document.ref in own]
        after = simulate(after.with_documents(now), step, new_id=written_by(write).id)
        answer = as_made(request, after.get(written_by(write)), after_image(write))
        after = after.with_documents([answer] if answer else [])
    return effect_of(books, before, after)


def _credits_in(write: JournaledWrite) -> Iterator[DocumentRef]:
    images = write.outcome.after if write.outcome else ()
    return (image.ref for image in images if image.ref.kind == "CreditMemo")


def read_back(
    gateway: QuickBooksGateway,
    expected: Mapping[DocumentRef, AnyDocument | None],
    relied_on: Mapping[DocumentRef, AnyDocument],
) -> tuple[str, ...]:
    """In words, every touched document that is not as `expected`, both sides of each link (S09), and every document
    of `relied_on` that somebody changed while the run was on (S17)."""
    refs = sorted(expected.keys() | relied_on.keys())
    wrong: list[str] = []
    for start in range(0, len(refs), READ_BACK):
        part = refs[start : start + READ_BACK]
        live = gateway.read(part)
        for ref in part:
            found = live[ref].document if ref in live else None
            if ref in expected:
                wrong += _not_as_expected(ref, expected[ref], found)
            else:
                wrong += _changed_meanwhile(relied_on[ref], found)
    return tuple(wrong)


def _not_as_expected(ref: DocumentRef, wanted: AnyDocument | None, found: AnyDocument | None) -> Iterator[str]:
    if wanted is None or found is None:
        if wanted is not None:
            yield f"{named(wanted)} is not in QuickBooks"
        elif found is not None:
            yield f"{ref} is still in QuickBooks"
    elif moved := differences(wanted, found):
        said = (f"{field} should be {want or 'empty'}, is {got or 'empty'}" for field, want, got in moved)
        yield f"{named(wanted)}: {', '.join(said)}"


def _changed_meanwhile(then: AnyDocument, now: AnyDocument | None) -> Iterator[str]:
    what = "the run relied on it, and somebody changed it meanwhile"
    if now is None:
        yield f"{named(then)}: {what}; it is gone"
    elif moved := differences(then, now):
        said = (f"{field} was {was or 'empty'}, is {got or 'empty'}" for field, was, got in moved)
        yield f"{named(then)}: {what}; {', '.join(said)}"


def proof_of(
    before: Figures, after: Figures, effect: Effect, span: Span, books: ReceivablesSnapshot, wrong: Sequence[str]
) -> Proof:
    """Predicted against actual: A/R in all, on its control account and per customer; money accounts; income by year,
    by account and month, on both bases; and that nothing of the locked period moved. `wrong`: of `read_back`."""
    names = Names(books)
    planned_ar = {change.customer_id: change.amount for change in effect.ar_by_customer}
    rows = [
        _row("A/R", "all customers", total(before.ar.values()), effect.ar, total(after.ar.values())),
        *_by_customer("A/R", before.ar, after.ar, planned_ar, names),
        *_control(before, after, effect, names),
        *_income(before, after, effect, names),
        *(_locked(before, after, span, names) if span.lock else ()),
    ]
    return Proof(rows=tuple(rows), documents=tuple(wrong))


# ------------------------------------------------------------------ parts of the proof
def _control(before: Figures, after: Figures, effect: Effect, names: Names) -> Iterator[ProofRow]:
    """S21: the A/R account moves as the customers do; bank accounts and Undeposited Funds only as planned."""
    was, now = names.keyed(before.sheet), names.keyed(after.sheet)
    receivable = names.of_type("Accounts Receivable")
    if receivable:  # a company that never had receivables has no such account yet
        then, actual = (total(amount for key, amount in sheet.items() if key in receivable) for sheet in (was, now))
        yield _row("A/R", "all customers (control account)", then, effect.ar, actual)
    planned: dict[AccountKey, Decimal] = defaultdict(lambda: ZERO)
    for change in effect.bank:
        planned[names.key(change.account_id, change.account)] += change.amount
    for key in sorted(names.holding_money() | planned.keys()):
        then, actual = was.get(key, ZERO), now.get(key, ZERO)
        if planned.get(key) or then != actual:
            yield _row("Money", names.shown(key), then, planned.get(key, ZERO), actual)


def _income(before: Figures, after: Figures, effect: Effect, names: Names) -> Iterator[ProofRow]:
    for basis in BASES:
        was, now = names.keyed_by_month(before.income[basis]), names.keyed_by_month(after.income[basis])
        planned: dict[tuple[str, AccountKey], Decimal] = defaultdict(lambda: ZERO)
        for change in effect.income:
            if change.basis == basis:
                planned[change.month, names.key(change.account_id, change.account)] += change.amount
        every = sorted(was.keys() | now.keys() | planned.keys())
        for year in sorted({month[:4] for month, _ in every}):
            of_year = [key for key in every if key[0][:4] == year]
            then, expected, actual = (total(of.get(key, ZERO) for key in of_year) for of in (was, planned, now))
            yield _row(f"Income {basis}", year, then, expected, actual)
        for key in every:
            then, actual = was.get(key, ZERO), now.get(key, ZERO)
            if planned.get(key) or then != actual:
                scope = f"{key[0]} {names.shown(key[1])}"
                yield _row(f"Income {basis} by account", scope, then, planned.get(key, ZERO), actual)


def _locked(before: Figures, after: Figures, span: Span, names: Names) -> Iterator[ProofRow]:
    """S22: profit and loss, balance sheet and A/R of everything through the lock date are the same to the cent."""
    through = f"through {span.lock} (locked)"
    yield _row("A/R", through, total(before.locked_ar.values()), ZERO, total(after.locked_ar.values()))
    yield from _by_customer(f"A/R {through}", before.locked_ar, after.locked_ar, {}, names)
    for basis in BASES:
        income, income_now = before.locked_income[basis], after.locked_income[basis]
        yield _row(f"Income {basis}", through, total(income.values()), ZERO, total(income_now.values()))
        months, months_now = names.keyed_by_month(income), names.keyed_by_month(income_now)
        for key in sorted(months.keys() | months_now.keys()):
            if months.get(key, ZERO) != months_now.get(key, ZERO):
                scope = f"{key[0]} {names.shown(key[1])}, {through}"
                yield _row(f"Income {basis} by account", scope, months.get(key, ZERO), ZERO, months_now.get(key, ZERO))
        sheet, sheet_now = names.keyed(before.locked_sheet[basis]), names.keyed(after.locked_sheet[basis])
        every = sorted(sheet.keys() | sheet_now.keys())
        moved = [key for key in every if sheet.get(key, ZERO) != sheet_now.get(key, ZERO)]
        change = total(abs(sheet_now.get(key, ZERO) - sheet.get(key, ZERO)) for key in moved)
        yield _row(f"Change of the balance sheet {basis}", through, ZERO, ZERO, change)
        for account in moved:
            scope = f"{names.shown(account)}, {through}"
            was, is_ = sheet.get(account, ZERO), sheet_now.get(account, ZERO)
            yield _row(f"Balance sheet {basis} by account", scope, was, ZERO, is_)


def _by_customer(
    what: str,
    before: Mapping[str, Decimal],
    after: Mapping[str, Decimal],
    planned: Mapping[str, Decimal],
    names: Names,
) -> list[ProofRow]:
    return [
        _row(what, names.customer(id_), before.get(id_, ZERO), planned.get(id_, ZERO), after.get(id_, ZERO))
        for id_ in sorted(before.keys() | after.keys() | planned.keys())
        if planned.get(id_) or before.get(id_, ZERO) != after.get(id_, ZERO)
    ]


def _row(what: str, scope: str, before: Decimal, change: Decimal, actual: Decimal) -> ProofRow:
    return ProofRow(what=what, scope=scope, before=before, predicted=before + change, actual=actual)
