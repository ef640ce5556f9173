"""Money that sits in a deposit: how it is recognised, marked and protected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]


def deposit_of(document: Mapping[str, Any] | None) -> str | None:
    """Return the id of the deposit a transaction sits in, or None."""
    for link in (document or {}).get("LinkedTxn") or ():
        if link.get("TxnType") == "Deposit":
            return str(link["TxnId"])
    return None


def refuse_deposited(old: Mapping[str, Any] | None) -> None:
    """Refuse (6540) any change to a transaction that sits in a deposit."""
    deposit = deposit_of(old)
    if old is not None and deposit is not None:
        raise refusals.deposited(old["Id"], deposit)


def deposit_links(deposit: Mapping[str, Any] | None) -> set[tuple[str, str]]:
    """Return entity and id of the transactions a deposit holds."""
    return {
        (link["TxnType"], link["TxnId"])
        for line in (deposit or {}).get("Line") or ()
        for link in line.get("LinkedTxn") or ()
    }


def mark_deposited(edit: Edit, deposit_id: str, before: set[tuple[str, str]], after: set[tuple[str, str]]) -> None:
    """Put the deposit on the transactions it now holds, and take it off those it no longer does."""
    for entity, document_id in sorted(before ^ after):
        document = edit.read(entity, document_id)
        if document is None:
            continue
        links = [link for link in document.get("LinkedTxn") or () if link.get("TxnType") != "Deposit"]
        if (entity, document_id) in after:
            links.append({"TxnId": deposit_id, "TxnType": "Deposit"})
        document["LinkedTxn"] = links
        edit.touch(entity, document)
