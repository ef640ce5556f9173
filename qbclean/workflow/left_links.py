"""Payments by which QuickBooks used a credit of a run by itself, and which the journal does not count as done.

A run may end before it looks, or find the credit used elsewhere; to take the credit back, these have to go first (S09).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from qbclean.model.documents import AnyDocument, CreditMemo
from qbclean.model.journal import JournaledWrite
from qbclean.model.refs import DocumentRef
from qbclean.ports.gateway import QuickBooksGateway
from qbclean.ports.journal import Journal
from qbclean.workflow.history import is_done
from qbclean.workflow.noticed import Noticed, joined_by, outcome_of_noticed, used_by_itself


def left_links(
    writes: Iterable[JournaledWrite],
    live: Mapping[DocumentRef, AnyDocument],
    gateway: QuickBooksGateway,
    journal: Journal,
) -> Iterator[JournaledWrite]:
    """One write for each such payment of the credits that `writes` made: as if the next step of the action had found
    it. `live` are the documents as they are now. Raises GatewayError."""
    for write in writes:
        credit = live.get(write.outcome.ref) if write.outcome and write.outcome.ref else None
        if not write.intent.applies_itself or not isinstance(credit, CreditMemo):
            continue
        noticed = used_by_itself(credit, gateway)
        if noticed is None or _are_journaled(noticed, journal):
            continue
        for payment in noticed.payments:
            intent = msgspec.structs.replace(
                write.intent,
                step=write.intent.step + 1,
                request_id=f"{write.intent.request_id}/{payment.document.ref}",
                kind="Payment",
                changes=joined_by(payment.document),
                body={},
                before=(),
            )
            outcome = outcome_of_noticed(intent, noticed, intent.at)
            yield JournaledWrite(intent=intent, outcome=msgspec.structs.replace(outcome, ref=payment.document.ref))


def _are_journaled(noticed: Noticed, journal: Journal) -> bool:
    """True when a run counts one of the payments as done: taking back that run takes it back."""
    payments = {payment.document.ref for payment in noticed.payments}
    return any(
        is_done(write) and write.outcome is not None and write.outcome.ref in payments
        for listed in journal.runs()
        if (run := journal.run(listed.start.id))
        for write in run.writes
        if write.by_itself
    )
