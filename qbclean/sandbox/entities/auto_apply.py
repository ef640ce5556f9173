"""Applies credits by itself where the company does so (quirk `auto_apply_credit`), by a zero payment like people's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox.wire import ZERO, amount_of

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]


def auto_apply(edit: Edit, entity: str, created: Wire) -> None:
    """Join a new invoice with the customer's oldest credits, or a new credit memo with the oldest open invoices."""
    if edit.company.quirks["auto_apply_credit"] == "off":
        return
    other = "CreditMemo" if entity == "Invoice" else "Invoice"
    lines = list(_lines_to(edit, other, created["CustomerRef"]["value"], amount_of(created, "Balance")))
    if not lines:
        return
    total = sum((line["Amount"] for line in lines), ZERO)
    lines.append({"Amount": total, "LinkedTxn": [{"TxnId": created["Id"], "TxnType": entity}]})
    _save_zero_payment(edit, created, lines)


def lines_by_itself(edit: Edit, payment: Wire, unapplied: Decimal) -> list[Wire]:
    """Return the lines by which a new payment's unapplied money pays the customer's oldest open invoices by itself."""
    if edit.company.quirks["auto_apply_credit"] == "off":
        return []
    paid = {link["TxnId"] for line in payment.get("Line") or () for link in line.get("LinkedTxn") or ()}
    return list(_lines_to(edit, "Invoice", payment["CustomerRef"]["value"], unapplied, besides=paid))


def _lines_to(
    edit: Edit, entity: str, customer: str, left: Decimal, *, besides: Collection[str] = ()
) -> Iterator[Wire]:
    for document in _open_documents(edit, entity, customer):
        used = min(left, amount_of(document, "Balance"))
        if used > 0 and document["Id"] not in besides:
            yield {"Amount": used, "LinkedTxn": [{"TxnId": document["Id"], "TxnType": entity}]}
            left -= used


def _open_documents(edit: Edit, entity: str, customer: str) -> list[Wire]:
    found = (
        edit.read(entity, document_id)
        for document_id in edit.company.tables[entity].holders("CustomerRef", customer) or ()
    )
    still_open = [document for document in found if document is not None and amount_of(document, "Balance") > 0]
    return sorted(still_open, key=lambda document: (document.get("TxnDate", ""), int(document["Id"])))


def _save_zero_payment(edit: Edit, created: Wire, lines: list[Wire]) -> None:
    from qbclean.sandbox.entities.payments import PAYMENT  # noqa: PLC0415 - payments rest on what rests on this
    from qbclean.sandbox.entities.spec import Options  # noqa: PLC0415
    from qbclean.sandbox.operations import save  # noqa: PLC0415

    customer = {"value": created["CustomerRef"]["value"]}
    body = {"CustomerRef": customer, "TotalAmt": 0, "TxnDate": created["TxnDate"], "Line": lines}
    save(edit, PAYMENT, body, Options())
