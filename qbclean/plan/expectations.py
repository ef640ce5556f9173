"""What the documents of a run should look like after its writes: the yardstick for staleness, surprises and read-back.

Predictions come from our own ledger, per write, over the documents as they were just before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from qbclean.ledger.simulate import simulate
from qbclean.ledger.world import World
from qbclean.model.documents import DOCUMENT_TYPES, AnyDocument, CreditMemo, Invoice, Payment
from qbclean.model.fingerprint import differences
from qbclean.model.journal import Image, JournaledWrite, WriteIntent
from qbclean.model.refs import DocumentKind, DocumentRef
from qbclean.model.write import DocumentWrite, PlannedRequest
from qbclean.plan.by_itself import without
from qbclean.plan.case import linked_in

_TYPES = {type_.kind: type_ for type_ in DOCUMENT_TYPES}
_LEFT_TO_QUICKBOOKS = {"due_date": "DueDate", "doc_number": "DocNumber", "currency": "CurrencyRef"}
"""Facts QuickBooks fills in by itself on a create when the body does not give them → the body's field."""


def document_of(kind: DocumentKind, raw: bytes | str) -> AnyDocument:
    """The typed view of a document's verbatim JSON."""
    return msgspec.json.decode(raw, type=_TYPES[kind], strict=False)


def documents_in(images: Iterable[Image]) -> tuple[AnyDocument, ...]:
    """Typed views of journaled images, in their order."""
    return tuple(document_of(image.ref.kind, image.raw) for image in images)


def linked_by(request: PlannedRequest) -> tuple[DocumentRef, ...]:
    """The documents that the lines of a Payment's body link: the ledger needs them all to tell what is left over."""
    if request.kind != "Payment":
        return ()
    return tuple(ref for ref, _ in linked_in(request.body) if ref.kind in _TYPES)


def written_by(write: JournaledWrite) -> DocumentRef:
    """The document that a done write wrote. Raises ValueError for a write that is not done."""
    if write.outcome is None or write.outcome.ref is None:
        raise ValueError(f"write {write.intent.request_id} is not done")
    return write.outcome.ref


def after_image(write: JournaledWrite) -> AnyDocument | None:
    """The document that a done write wrote, as QuickBooks answered; None when the write deleted it."""
    written = written_by(write)
    images = write.outcome.after if write.outcome else ()
    return next(iter(documents_in(image for image in images if image.ref == written)), None)


def as_sent(intent: WriteIntent) -> PlannedRequest:
    """The request of a journaled write, byte for byte as it was sent or was about to be."""
    return PlannedRequest(
        step=intent.step,
        operation=intent.operation,
        kind=intent.kind,
        target=intent.target,
        changes=intent.changes,
        path=intent.path,
        body=intent.body,
        request_id=intent.request_id,
        applies_itself=intent.applies_itself,
    )


def foreseen(
    request: PlannedRequest, before: Iterable[AnyDocument], new_id: str
) -> Mapping[DocumentRef, AnyDocument | None]:
    """Every document that `request` changes → as it will be (None: gone). `new_id` is the Id a create gets.

    Raises SimulationError where QuickBooks would refuse the request on these documents.
    """
    write = DocumentWrite(
        operation=request.operation,
        kind=request.kind,
        body=request.body,
        target=request.target,
        changes=request.changes,
    )
    world = World.of(before)
    after = simulate(world, write, new_id=new_id)
    return {ref: after.get(ref) for ref in sorted(after.changed_since(world))}


def surprises(request: PlannedRequest, expected: AnyDocument | None, actual: AnyDocument | None) -> tuple[str, ...]:
    """What of QuickBooks' answer is not what was planned (S20), in words; () when all is."""
    if expected is None or actual is None:
        return () if expected is actual else (f"it is {'still there' if expected is None else 'gone'}",)
    created = request.operation == "create"
    ignored = {fact for fact, name in _LEFT_TO_QUICKBOOKS.items() if created and not request.body.get(name)}
    if _comes_back_used(request):
        ignored |= {"balance", "links"}
    return tuple(
        f"{field} should be {wanted or 'empty'}, is {found or 'empty'}"
        for field, wanted, found in differences(expected, actual, ignore=ignored)
    )


def as_made(request: PlannedRequest, predicted: AnyDocument | None, answer: AnyDocument | None) -> AnyDocument | None:
    """The document that `request` wrote, as QuickBooks answered; a credit it used by itself at once, as yet unused.

    What became of such a credit is looked into before it is applied (S09).
    """
    if isinstance(answer, CreditMemo) and isinstance(predicted, CreditMemo) and _comes_back_used(request):
        return msgspec.structs.replace(answer, balance=predicted.balance, linked_txn=predicted.linked_txn)
    return answer


def payments_by_itself(writes: Iterable[JournaledWrite]) -> tuple[Payment, ...]:
    """The payments with which QuickBooks itself used the credits of `writes`."""
    found = (document for write in writes if write.by_itself for document in _as_found(write))
    return tuple(document for document in found if isinstance(document, Payment))


def found_by(write: JournaledWrite, by_itself: Collection[Payment]) -> tuple[AnyDocument, ...]:
    """The documents a write was based on; where QuickBooks used a credit, without payments `by_itself`."""
    if not write.by_itself:
        return documents_in(write.intent.before)
    joined = [document for document in _as_found(write) if not isinstance(document, Payment)]
    return tuple(without(by_itself, joined).values())


def _as_found(write: JournaledWrite) -> tuple[AnyDocument, ...]:
    return documents_in(write.outcome.after if write.outcome else ())


def _comes_back_used(request: PlannedRequest) -> bool:
    return request.applies_itself and request.kind == "CreditMemo"


class Expectations:
    """The documents a run has touched so far, as they should be now, and what its actions created."""

    def __init__(self) -> None:
        self.documents: dict[DocumentRef, AnyDocument | None] = {}
        self.created: dict[str, str] = {}

    def note(
        self,
        action_id: str,
        request: PlannedRequest,
        before: Iterable[AnyDocument],
        written: DocumentRef,
        after: AnyDocument | None,
    ) -> tuple[str, ...]:
        """Take in one write that was done; returns its `surprises`.

        The written document is expected to stay as QuickBooks answered, the others as the ledger foresees.
        """
        predicted = foreseen(request, before, written.id)
        found = surprises(request, predicted.get(written), after)
        self.documents.update(predicted)
        self.documents[written] = as_made(request, predicted.get(written), after)
        if request.operation == "create":
            self.created.setdefault(action_id, written.id)
        return found

    def note_journaled(self, write: JournaledWrite) -> tuple[str, ...]:
        """Take in one write that the journal shows as done, or as found done by QuickBooks itself."""
        if write.by_itself:
            self.documents |= {document.ref: document for document in _as_found(write)}
            return ()
        return self.note(
            write.intent.action_id,
            as_sent(write.intent),
            documents_in(write.intent.before),
            written_by(write),
            after_image(write),
        )

    def note_elsewhere(self, write: JournaledWrite) -> Mapping[DocumentRef, AnyDocument]:
        """Take in that QuickBooks used a credit for something else; returns all it used, made and hit, as found.

        What was hit is not expected to be so: whoever relies on that is to find it changed (S17).
        """
        found = {document.ref: document for document in _as_found(write)}
        self.documents |= {ref: document for ref, document in found.items() if not isinstance(document, Invoice)}
        return found
