"""What somebody else did of a plan already: another computer, or this one before its journal was lost (R4).

A change of a document that was there shows by the document. A creation shows by its mark alone: the journal that knows
of it is not here, and how long QuickBooks remembers a request id nobody says (R21).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from qbclean.model.action import PlannedAction
from qbclean.model.write import MARK
from qbclean.ports.gateway import QuickBooksGateway
from qbclean.ports.journal import Journal


def done_elsewhere(
    actions: Sequence[PlannedAction], *, since: datetime, gateway: QuickBooksGateway, journal: Journal
) -> Mapping[str, str]:
    """Action → the document that carries its mark, in words; made after `since`, when the books were pulled.

    One query for each kind of document that `actions` create, and none where the journal knows of all of them.
    """
    unknown = {
        action.id: {request.kind for request in action.requests if request.operation == "create"}
        for action in actions
        if not any(journal.write(request.request_id) for request in action.requests)
    }
    return {
        action_id: f"{live.document.ref}, made after the books were pulled, carries its mark"
        for kind in sorted(set().union(*unknown.values()))
        for live in gateway.created_since(kind, since)
        for action_id in MARK.findall(live.document.private_note or "")
        if action_id in unknown
    }
