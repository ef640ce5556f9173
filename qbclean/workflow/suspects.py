"""Where to look when a figure is not the predicted one: the documents that could have moved it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from qbclean.errors import GatewayError
from qbclean.model.documents import DOCUMENT_TYPES, AnyDocument, Deposit, JournalEntry
from qbclean.model.journal import JournaledWrite
from qbclean.model.outcome import ProofRow
from qbclean.model.refs import DocumentKind
from qbclean.plan.expectations import after_image, documents_in
from qbclean.ports.gateway import QuickBooksGateway
from qbclean.workflow.proof_names import Names, named

_SHOWN = 10
_BEFORE = timedelta(minutes=2)
"""The reports are read a little before the first write."""
_MOVE_FIGURES: tuple[DocumentKind, ...] = tuple(document.kind for document in DOCUMENT_TYPES)


def suspects(
    rows: Iterable[ProofRow], writes: Sequence[JournaledWrite], names: Names, gateway: QuickBooksGateway
) -> tuple[str, ...]:
    """For each customer or account and month that differs, what could have moved it, in words; () when none does.

    The documents of the run there, and those somebody else entered or saved meanwhile: one query for each kind of
    document, and none where every figure agrees.
    """
    single = [row for row in rows if not row.agrees and _is_single(row)]
    if not single:
        return ()
    own = {
        document.ref: document
        for write in writes
        for document in (*documents_in(write.intent.before), after_image(write))
        if document
    }
    try:
        others = [document for document in _saved_meanwhile(writes, gateway) if document.ref not in own]
    except GatewayError:
        others = []  # that the figures differ is told all the same
    found = []
    for row in single:
        there = [named(document) for document in own.values() if _could_move(document, row, names)]
        theirs = [f"{named(document)}, not of this run" for document in others if _could_move(document, row, names)]
        said = [*theirs[:_SHOWN], *there[:_SHOWN], *(["more"] if theirs[_SHOWN:] or there[_SHOWN:] else [])]
        nobody = "no document of this run; somebody else entered or changed one meanwhile"
        found.append(f"{row.what}, {row.scope}: look at {'; '.join(said) or nobody}")
    return tuple(found)


def _saved_meanwhile(writes: Iterable[JournaledWrite], gateway: QuickBooksGateway) -> Iterator[AnyDocument]:
    """Everything saved since shortly before the first write, by QuickBooks' own clock."""
    answers = [answer.meta_data.last_updated_time for write in writes if (answer := after_image(write))]
    if answers:
        since = min(answers) - _BEFORE
        for kind in _MOVE_FIGURES:
            for live in gateway.changed_since(kind, since):
                yield live.document


def _is_single(row: ProofRow) -> bool:
    return row.what.endswith("by account") or (
        row.what.startswith("A/R") and not row.scope.startswith(("all customers", "through "))
    )


def _could_move(document: AnyDocument, row: ProofRow, names: Names) -> bool:
    if row.what.startswith("A/R"):
        return any(names.customer(customer) == row.scope for customer in _customers(document))
    return row.scope.startswith(f"{document.txn_date:%Y-%m}")


def _customers(document: AnyDocument) -> Iterator[str]:
    if not isinstance(document, (Deposit, JournalEntry)):
        yield document.customer_id
        return
    for line in document.line:
        if (detail := line.deposit_line_detail) and detail.entity:
            yield detail.entity.value
        if (entry := line.journal_entry_line_detail) and entry.entity and entry.entity.entity_ref:
            yield entry.entity.entity_ref.value
