"""Writes against the seeded sandbox company (customers 1 to 3, item 2)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from qbclean.model.refs import DocumentKind, DocumentRef
from qbclean.model.write import DocumentWrite, PlannedRequest, WriteOperation, WriteReceipt, request_path
from tests.contract.qbo.conftest import Line

_NUMBERS = itertools.count(1)


def planned(
    line: Line,
    operation: WriteOperation,
    kind: DocumentKind,
    body: Mapping[str, Any],
    target: DocumentRef | None = None,
    request_id: str = "",
) -> PlannedRequest:
    write = DocumentWrite(operation=operation, kind=kind, body=dict(body), target=target)
    request_id = request_id or f"qb-{next(_NUMBERS)}"
    return PlannedRequest(
        step=1,
        operation=operation,
        kind=kind,
        target=target,
        path=request_path(line.realm_id, write, request_id),
        body=write.body,
        request_id=request_id,
    )


def an_invoice(number: str, amount: str = "100.00", *, customer: str = "1", on: str = "2026-03-02") -> dict[str, Any]:
    return {
        "CustomerRef": {"value": customer},
        "DocNumber": number,
        "TxnDate": on,
        "PrivateNote": f"[qbclean {number}]",
        "Line": [
            {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": {"ItemRef": {"value": "2"}}}
        ],
    }


def a_payment(
    amount: str, *applied: tuple[str, str, str], customer: str = "1", on: str = "2026-03-20"
) -> dict[str, Any]:
    """`applied` is (kind, id, amount)."""
    lines = [{"Amount": part, "LinkedTxn": [{"TxnId": id_, "TxnType": kind}]} for kind, id_, part in applied]
    return {"CustomerRef": {"value": customer}, "TotalAmt": amount, "TxnDate": on, "Line": lines}


def create(line: Line, kind: DocumentKind, body: Mapping[str, Any]) -> WriteReceipt:
    return line.gateway.send(planned(line, "create", kind, body))


def void(line: Line, receipt: WriteReceipt, token: str | None = None) -> PlannedRequest:
    body: dict[str, Any] = {"Id": receipt.ref.id, "SyncToken": token or receipt.sync_token}
    if receipt.ref.kind == "Payment":
        body["sparse"] = True
    return planned(line, "void", receipt.ref.kind, body, receipt.ref)
