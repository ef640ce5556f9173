"""Where to look when a figure is not the predicted one: the documents of the run that could have moved it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qbclean.model.documents import AnyDocument
from qbclean.model.journal import JournaledWrite
from qbclean.model.outcome import ProofRow
from qbclean.plan.expectations import after_image, documents_in
from qbclean.workflow.proof_names import Names

_SHOWN = 10


def suspects(rows: Iterable[ProofRow], writes: Sequence[JournaledWrite], names: Names) -> tuple[str, ...]:
    """For each customer or account and month that differs, the documents of the run there, in words; () when none does.

    Where the run has none, somebody else entered or changed a document between the two readings of the reports.
    """
    single = [row for row in rows if not row.agrees and _is_single(row)]
    if not single:
        return ()
    documents = {
        document.ref: document
        for write in writes
        for document in (*documents_in(write.intent.before), after_image(write))
        if document
    }
    found = []
    for row in single:
        there = [document for document in documents.values() if _could_move(document, row, names)]
        said = ", ".join(_named(document) for document in there[:_SHOWN]) + (" and more" if there[_SHOWN:] else "")
        nobody = "no document of this run; somebody else entered or changed one meanwhile"
        found.append(f"{row.what}, {row.scope}: look at {said or nobody}")
    return tuple(found)


def _is_single(row: ProofRow) -> bool:
    return row.what.endswith("by account") or (
        row.what.startswith("A/R") and not row.scope.startswith(("all customers", "through "))
    )


def _could_move(document: AnyDocument, row: ProofRow, names: Names) -> bool:
    if row.what.startswith("A/R"):
        return names.customer(getattr(document, "customer_id", "")) == row.scope
    return row.scope.startswith(f"{document.txn_date:%Y-%m}")


def _named(document: AnyDocument) -> str:
    return f"{document.kind} {document.doc_number} (id {document.id})" if document.doc_number else str(document.ref)
