"""Credits that QuickBooks applies by itself: whether a payment is such a one, what it did, and the books without it.

Where a company has automatic application on (AutoApplyCredit), a new credit may be joined at once to the customer's
oldest open invoice by a payment of 0.00 like the ones we make (contract 7.3, 7.4; S09).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from qbclean.ledger.applications import relinked
from qbclean.ledger.world import World
from qbclean.model.documents import AnyDocument, CreditMemo, LinkedTxn, Payment
from qbclean.model.refs import DocumentRef
from qbclean.model.write import MARK, PlannedRequest
from qbclean.plan.case import amount_in, linked_in

AT_ONCE = timedelta(minutes=1)
"""QuickBooks applies a credit as it is saved; what joins it later is somebody's own decision and not ours to undo."""


def is_by_itself(payment: Payment, credit: CreditMemo) -> bool:
    """True for a payment of 0.00 without our mark that uses this credit alone and was made together with it."""
    later = payment.meta_data.create_time - credit.meta_data.create_time
    used = [ref for ref, _ in payment.applications if ref.kind != "Invoice"]
    marked = MARK.search(payment.private_note or "")
    return payment.total_amt == 0 and not marked and used == [credit.ref] and timedelta(0) <= later <= AT_ONCE


def is_as_planned(request: PlannedRequest, payment: Payment) -> bool:
    """True when `payment` joins what `request` would join: the same documents of that customer, the same amounts."""
    wanted = sorted((ref, amount_in(amount)) for ref, amount in linked_in(request.body))
    customer = request.body.get("CustomerRef", {}).get("value")
    return sorted(payment.applications) == wanted and payment.customer_id == customer


def without(payments: Iterable[Payment], documents: Iterable[AnyDocument]) -> Mapping[DocumentRef, AnyDocument]:
    """`documents` as they would be if `payments` had joined nothing; an invoice only where it shows the payment, for it
    may have been read before."""
    world = World.of(documents)
    refs = list(world)
    for payment in payments:
        shown = tuple(line for line in payment.line if any(_shows(world, link, payment) for link in line.linked_txn))
        joined = msgspec.structs.replace(payment, line=shown)
        world = relinked(world, joined, msgspec.structs.replace(payment, line=()))
    return {ref: world[ref] for ref in refs}


def _shows(world: World, link: LinkedTxn, payment: Payment) -> bool:
    """True for an invoice that names the payment, and for a credit: whether that does is not known (contract 7.3)."""
    target = world.get(DocumentRef(link.txn_type, link.txn_id))  # type: ignore[arg-type]
    if target is None or isinstance(target, CreditMemo):
        return target is not None
    return any((back.txn_type, back.txn_id) == (payment.kind, payment.id) for back in target.linked_txn)
