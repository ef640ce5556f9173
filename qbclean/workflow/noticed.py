"""Looks whether QuickBooks has applied a credit by itself before we do, and to what (S09, contract 7.4).

Only requests that say so (`applies_itself`) are looked after. Where QuickBooks' own doing cannot be told from somebody
else's, nothing is noticed here: the documents have then changed, and staleness says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from qbclean.model.documents import AnyDocument, CreditMemo, Payment
from qbclean.model.journal import Image, WriteIntent, WriteOutcome
from qbclean.model.refs import DocumentRef
from qbclean.model.write import MARK, PlannedRequest
from qbclean.plan.by_itself import is_as_planned, is_by_itself, without
from qbclean.plan.expectations import linked_by
from qbclean.ports.gateway import LiveDocument, QuickBooksGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """A credit that QuickBooks used by itself: the `payments` it made for that, and all they join (the credit too).

    `elsewhere` says what it was used for and what to do now; "" when it is just what the request would have done.
    """

    payments: tuple[LiveDocument, ...]
    joined: Mapping[DocumentRef, LiveDocument]
    elsewhere: str = ""

    @property
    def images(self) -> tuple[Image, ...]:
        """All of it verbatim, the payments first."""
        found = (*self.payments, *self.joined.values())
        return tuple(Image(ref=live.document.ref, raw=live.raw.decode()) for live in found)

    def undone(self) -> Mapping[DocumentRef, LiveDocument]:
        """What the payments join, as it would be without them."""
        before = without(
            (payment for live in self.payments if isinstance(payment := live.document, Payment)),
            (live.document for live in self.joined.values()),
        )
        return {ref: LiveDocument(document=before[ref], raw=live.raw) for ref, live in self.joined.items()}


def notice(
    request: PlannedRequest, live: Mapping[DocumentRef, LiveDocument], gateway: QuickBooksGateway
) -> Noticed | None:
    """What QuickBooks made of the credit that `request` would apply; None while it is open. Raises GatewayError."""
    if not request.applies_itself:
        return None
    for ref in linked_by(request):
        credit = live[ref].document if ref in live else None
        if isinstance(credit, CreditMemo) and (noticed := used_by_itself(credit, gateway)):
            (payment, *others) = noticed.payments
            if not others and isinstance(payment.document, Payment) and is_as_planned(request, payment.document):
                return noticed
            return Noticed(payments=noticed.payments, joined=noticed.joined, elsewhere=_elsewhere(credit, noticed))
    return None


def used_by_itself(credit: CreditMemo, gateway: QuickBooksGateway) -> Noticed | None:
    """What QuickBooks used `credit` for by itself; None when it did not, or somebody else used it too."""
    if credit.balance == credit.total_amt:
        return None
    payments = tuple(live for live in _payments_for(credit, gateway) if credit.ref in joined_by(live.document))
    if not payments or not all(
        isinstance(live.document, Payment) and is_by_itself(live.document, credit) for live in payments
    ):
        return None
    return Noticed(
        payments=payments, joined=gateway.read({ref for live in payments for ref in joined_by(live.document)})
    )


def outcome_of_noticed(intent: WriteIntent, noticed: Noticed, at: datetime) -> WriteOutcome:
    """The outcome of a request that was not sent because QuickBooks had used the credit by itself."""
    payment = noticed.payments[0].document
    return WriteOutcome(
        run_id=intent.run_id,
        request_id=intent.request_id,
        state="failed" if noticed.elsewhere else "done",
        ref=payment.ref,
        sync_token=payment.sync_token,
        after=noticed.images,
        attempts=0,
        message=noticed.elsewhere
        or f"QuickBooks had applied the credit by itself, with payment {payment.id}; this request was not sent.",
        settled_by="quickbooks",
        at=at,
    )


def joined_by(document: AnyDocument) -> tuple[DocumentRef, ...]:
    """What the lines of a payment link; () for any other document."""
    return tuple(ref for ref, _ in document.applications) if isinstance(document, Payment) else ()


def _payments_for(credit: CreditMemo, gateway: QuickBooksGateway) -> Iterable[LiveDocument]:
    """Those the credit links; where QuickBooks shows no such link (contract 7.3), all that were made since it was."""
    linked = [DocumentRef("Payment", link.txn_id) for link in credit.linked_txn if link.txn_type == "Payment"]
    if linked:
        return gateway.read(linked).values()
    return gateway.created_since("Payment", credit.meta_data.create_time)


def _elsewhere(credit: CreditMemo, noticed: Noticed) -> str:
    """What was hit, and what a person should do."""
    hit = [
        f"{amount:.2f} on {_named(noticed.joined.get(ref), ref)}"
        for live in noticed.payments
        if isinstance(live.document, Payment)
        for ref, amount in live.document.applications
        if ref != credit.ref
    ]
    payments = " and ".join(live.document.id for live in noticed.payments)
    made_by = MARK.search(credit.private_note or "")
    action = f" --action {made_by[1]}" if made_by else ""
    return (
        f"QuickBooks used credit memo {credit.doc_number or credit.id} by itself, not as planned: {' and '.join(hit)}, "
        f"by payment {payments} (S09). Take both back: `qbclean log` names the run that made the credit, `qbclean "
        f"rollback RUN{action}` undoes it. Then switch off 'Automatically apply credits' in Account and settings, "
        "pull, and plan again."
    )


def _named(live: LiveDocument | None, ref: DocumentRef) -> str:
    number = live.document.doc_number if live else None
    return f"invoice {number} (id {ref.id})" if number else f"invoice {ref.id}"
