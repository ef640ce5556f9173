"""Worlds to write to and the writes themselves, in wire form, for tests of the ledger and of plans."""

from __future__ import annotations

from typing import Any

from qbclean.ledger.world import World
from qbclean.model.documents import AnyDocument, CreditMemo, Invoice, Payment
from qbclean.model.refs import DocumentKind, DocumentRef
from qbclean.model.write import DocumentWrite, WriteOperation
from tests.builders import a_snapshot


def world_of(*documents: AnyDocument) -> World:
    return World.of(a_snapshot(*documents).documents())


def a_write(operation: WriteOperation, kind: DocumentKind, body: dict[str, Any], target: str = "") -> DocumentWrite:
    ref = DocumentRef(kind, target) if target else None
    return DocumentWrite(operation=operation, kind=kind, body=body, target=ref)


def a_body_line(kind: str, target: str, amount: str) -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": target, "TxnType": kind}]}


def a_sale(amount: str, **detail: Any) -> dict[str, Any]:
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": amount,
        "SalesItemLineDetail": {"ItemRef": {"value": "12"}, **detail},
    }


def invoice(world: World, ref: str) -> Invoice:
    found = world[DocumentRef("Invoice", ref)]
    assert isinstance(found, Invoice)
    return found


def payment(world: World, ref: str = "410") -> Payment:
    found = world[DocumentRef("Payment", ref)]
    assert isinstance(found, Payment)
    return found


def memo(world: World, ref: str = "388") -> CreditMemo:
    found = world[DocumentRef("CreditMemo", ref)]
    assert isinstance(found, CreditMemo)
    return found
