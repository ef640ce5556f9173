"""Estimates and the invoices made from them: closed when invoiced, open again when the invoice goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]


def check_estimates(edit: Edit, new: Wire, old: Wire | None) -> None:
    """Refuse a second estimate (6000) and one that is not open for invoicing (620)."""
    linked = _estimates(new)
    if len(linked) > 1:
        raise refusals.business("Only one estimate can be linked to an invoice.")
    for estimate_id in linked - _estimates(old):
        if edit.find("Estimate", estimate_id).get("TxnStatus") not in {"Pending", "Accepted"}:
            raise refusals.ApiFault(
                "620", "Transaction cannot be linked", f"Estimate {estimate_id} is not open for invoicing.", "LinkedTxn"
            )


def carry_estimates(edit: Edit, new: Wire | None, old: Wire | None) -> None:
    """Close the estimates an invoice has newly taken; open those it has let go."""
    invoice_id = str((new or old or {})["Id"])
    before, after = _estimates(old), _estimates(new)
    for estimate_id in sorted(before ^ after):
        estimate = edit.find("Estimate", estimate_id)
        links = [link for link in estimate.get("LinkedTxn") or () if link["TxnId"] != invoice_id]
        if estimate_id in after:
            links.append({"TxnId": invoice_id, "TxnType": "Invoice"})
        estimate["TxnStatus"] = "Closed" if estimate_id in after else "Accepted"
        estimate["LinkedTxn"] = links
        edit.touch("Estimate", estimate)


def _estimates(invoice: Wire | None) -> set[str]:
    links = (invoice or {}).get("LinkedTxn") or ()
    return {link["TxnId"] for link in links if link.get("TxnType") == "Estimate"}
