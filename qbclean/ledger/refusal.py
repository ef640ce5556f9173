"""The one way a simulated write fails."""

from __future__ import annotations

from qbclean.errors import QbcleanError
from qbclean.model.documents import Document
from qbclean.model.refs import DocumentRef


class SimulationError(QbcleanError):
    """QuickBooks would refuse this write, or nobody knows what it would do; such a write is not planned."""


def refusal(subject: Document | DocumentRef | str, why: str) -> SimulationError:
    """The error for a write to `subject`, named by number, customer and id where it is known."""
    if isinstance(subject, str | DocumentRef):
        name = str(subject)
    else:
        number = subject.doc_number or subject.id
        customer = getattr(subject, "customer_id", "")
        name = f"{subject.kind} {number} (" + (f"customer {customer}, " if customer else "") + f"id {subject.id})"
    return SimulationError(
        f"QuickBooks would refuse the write to {name}.",
        why=why,
        do="Leave the document out of the plan, or repair it in QuickBooks and pull again.",
    )
