"""The write that takes one journaled write back, from its before-image (S23, R26); which ones is decided elsewhere.

QuickBooks has no undo: an update is reversed by an update, a created document by deleting or voiding it, a void by
putting the lines back, a deletion by creating the document again (contract 7.1, 7.5, 12).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qbclean.model.action import Undo
from qbclean.model.journal import JournaledWrite
from qbclean.model.refs import DocumentKind, DocumentRef
from qbclean.model.write import MARKER, DocumentWrite
from qbclean.plan.expectations import documents_in, written_by

_COMPUTED = (
    "domain", "sparse", "MetaData", "LinkedTxn", "TotalAmt", "Balance", "HomeTotalAmt", "HomeBalance",
    "RemainingCredit", "InvoiceLink", "DeliveryInfo", "RecurDataRef", "TaxExemptionRef", "LineEx", "UnappliedAmt",
)  # fmt: skip
"""What QuickBooks works out itself, and what it has refused when sent back (contract 1.6, 7.5)."""

_DELETED_TO_UNDO = ("Payment", "CreditMemo", "SalesReceipt", "RefundReceipt")

RESTORED = Undo(class_="exact", how="an update puts back what the document said before")
EMPTIED = Undo(
    class_="compensating",
    how="an update puts back what the document said before",
    leaves="one line of 0.00: the document had no line, and QuickBooks takes none without (2020)",
)
UNLINKED = Undo(class_="exact", how="the document was created by qbclean and is deleted")
UNJOINED = Undo(
    class_="exact while untouched",
    how="the payment of 0.00 by which QuickBooks itself applied the credit is voided; qbclean deletes only its own",
    leaves="a voided payment of 0.00",
)
VOIDED = Undo(
    class_="exact while untouched",
    how="the invoice was created by qbclean and is voided",
    leaves="a voided invoice that keeps its number",
)
VOIDED_AGAIN = Undo(class_="exact", how="the invoice was void before and is voided again")
UNVOIDED = Undo(
    class_="compensating",
    how="QuickBooks cannot un-void: an update of the same invoice puts lines, tax and note back; where it is "
    "refused, the invoice is created again with the same number, date, lines and tax",
    leaves="the void stays in QuickBooks' audit log; reconciliation marks do not come back",
)
RECREATED = Undo(
    class_="compensating",
    how="the document is created again as it was",
    leaves="it has a new Id and creation time; reconciliation marks do not come back",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoWrite:
    """One write back, and how faithful it is. Ids of documents created anew are still those of the lost ones."""

    write: DocumentWrite
    undo: Undo
    deed: str


def undo_write(write: JournaledWrite, *, action_id: str, token: str, recreate: bool) -> UndoWrite:
    """What reverses `write`; `token` is the SyncToken its document will have, `action_id` marks what is created.

    `recreate`: a voided invoice is created again instead of updated, because QuickBooks refused the update.
    """
    intent, target = write.intent, written_by(write)
    named = {"Id": target.id, "SyncToken": token}
    was = next((_parsed(image.raw) for image in intent.before if image.ref == target), {})
    others = tuple(ref for ref in intent.changes if ref != target)
    match intent.operation:
        case "create" if intent.kind in _DELETED_TO_UNDO and not write.by_itself:
            body = DocumentWrite(operation="delete", kind=intent.kind, body=named, target=target, changes=others)
            return UndoWrite(write=body, undo=UNLINKED, deed=f"Delete {_name(intent.kind, intent.body, target)}")
        case "create":
            body = DocumentWrite(operation="void", kind=intent.kind, body=named, target=target, changes=others)
            undo = UNJOINED if write.by_itself else VOIDED
            return UndoWrite(write=body, undo=undo, deed=f"Void {_name(intent.kind, intent.body, target)}")
        case "update" if _was_void(write, target):
            body = DocumentWrite(operation="void", kind=intent.kind, body=named, target=target, changes=others)
            return UndoWrite(write=body, undo=VOIDED_AGAIN, deed=f"Void again {_name(intent.kind, was, target)}")
        case "update":
            former = _former(intent.kind, intent.body, was)
            emptied = intent.kind != "Payment" and former.get("Line") == []
            if emptied:
                former["Line"] = [_empty_line(intent.body)]
            body = DocumentWrite(
                operation="update",
                kind=intent.kind,
                body={**named, "sparse": True, **former},
                target=target,
                changes=others,
            )
            undo = EMPTIED if emptied else RESTORED
            return UndoWrite(write=body, undo=undo, deed=f"Put back {_name(intent.kind, was, target)}")
        case "void" if not recreate:
            body = DocumentWrite(
                operation="update",
                kind=intent.kind,
                body={**named, **_writable(intent.kind, was)},
                target=target,
                changes=others,
            )
            return UndoWrite(write=body, undo=UNVOIDED, deed=f"Bring back voided {_name(intent.kind, was, target)}")
        case "void" | "delete":
            body = DocumentWrite(
                operation="create",
                kind=intent.kind,
                body=_as_new(_writable(intent.kind, was), action_id),
                changes=others,
            )
            return UndoWrite(write=body, undo=RECREATED, deed=f"Create again {_name(intent.kind, was, target)}")


def renamed(write: DocumentWrite, new_ids: Mapping[DocumentRef, str]) -> DocumentWrite:
    """`write` with every reference to a lost document pointing at what stands for the one created in its place."""
    if not new_ids:
        return write
    body = dict(write.body)
    target = write.target and DocumentRef(write.target.kind, new_ids.get(write.target, write.target.id))
    if target:
        body["Id"] = target.id
    if write.kind == "Payment" and "Line" in body:
        body["Line"] = [
            {**line, "LinkedTxn": [_relinked(link, new_ids) for link in line.get("LinkedTxn", ())]}
            for line in body["Line"]
        ]
    return DocumentWrite(
        operation=write.operation,
        kind=write.kind,
        body=body,
        target=target,
        changes=tuple(DocumentRef(ref.kind, new_ids.get(ref, ref.id)) for ref in write.changes),
    )


def _relinked(link: dict[str, Any], new_ids: Mapping[DocumentRef, str]) -> dict[str, Any]:
    return {**link, "TxnId": new_ids.get(DocumentRef(link["TxnType"], link["TxnId"]), link["TxnId"])}


def _was_void(write: JournaledWrite, target: DocumentRef) -> bool:
    return any(document.ref == target and document.is_voided for document in documents_in(write.intent.before))


def _former(kind: DocumentKind, sent: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    """What the document said before in every field that was sent; a Payment always names customer and total (7.2).

    A field that was not there before cannot be emptied by a sparse update and is left (contract 1.6); tax can be: it is
    set to nothing, or the total would keep it.
    """
    wanted = {name for name in sent if name not in ("Id", "SyncToken", "sparse")}
    former = {name: value for name, value in _writable(kind, was).items() if name in wanted}
    if kind == "Payment":
        former = {"CustomerRef": was["CustomerRef"], "TotalAmt": str(was["TotalAmt"]), **former}
        former.setdefault("Line", [])
    elif "TxnTaxDetail" in wanted:
        former.setdefault("TxnTaxDetail", {"TotalTax": "0.00"})
    return former


def _empty_line(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A line of nothing, for the item that the first line sent was for."""
    items = [line["SalesItemLineDetail"]["ItemRef"] for line in sent["Line"] if "SalesItemLineDetail" in line]
    detail = {"ItemRef": items[0], "TaxCodeRef": {"value": "NON"}} if items else {"TaxCodeRef": {"value": "NON"}}
    return {"DetailType": "SalesItemLineDetail", "Amount": "0.00", "SalesItemLineDetail": detail}


def _writable(kind: DocumentKind, was: Mapping[str, Any]) -> dict[str, Any]:
    """The document without what QuickBooks computes, ready to be sent back; a payment's total is its own."""
    body = {name: value for name, value in was.items() if name not in (*_COMPUTED, "Id", "SyncToken")}
    if "Line" in body:
        body["Line"] = [
            {name: value for name, value in line.items() if name != "LineEx"}
            for line in body["Line"]
            if line.get("DetailType") != "SubTotalLineDetail"
        ]
    if kind == "Payment":
        body["TotalAmt"] = str(was["TotalAmt"])
    return body


def _as_new(body: dict[str, Any], action_id: str) -> dict[str, Any]:
    """Marked so that a lost reply can be settled; lines without ids; nothing is e-mailed by it (S15)."""
    fresh = {**body, "PrivateNote": f"{body.get('PrivateNote', '')} [{MARKER} {action_id}]".strip()}
    if "Line" in fresh:
        fresh["Line"] = [{name: value for name, value in line.items() if name != "Id"} for line in fresh["Line"]]
    if fresh.get("EmailStatus") == "NeedToSend":
        fresh["EmailStatus"] = "NotSet"
    return fresh


def _parsed(raw: str) -> dict[str, Any]:
    """Wire JSON with fractions as the decimal texts they were written as (S25)."""
    parsed: dict[str, Any] = json.loads(raw, parse_float=str)
    return parsed


def _name(kind: DocumentKind, body: Mapping[str, Any], ref: DocumentRef) -> str:
    number = body.get("DocNumber") or body.get("PaymentRefNum")
    words = {"CreditMemo": "credit memo", "SalesReceipt": "sales receipt"}.get(kind, kind.lower())
    return f"{words} {number} (id {ref.id})" if number else f"{words} (id {ref.id})"
