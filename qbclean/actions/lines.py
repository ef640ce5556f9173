"""Bodies of sales documents and payments: lines as QBO takes them, amounts as decimal strings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from qbclean.model.documents import Line, SalesDocument
from qbclean.model.money import ZERO, rounded
from qbclean.model.refs import DocumentRef


def text(amount: Decimal) -> str:
    """Two decimals, as it stands in a request."""
    return str(rounded(amount))


def link_line(ref: DocumentRef, amount: Decimal) -> dict[str, Any]:
    """A Payment's line for one invoice or credit memo (contract 7.2)."""
    return {"Amount": text(amount), "LinkedTxn": [{"TxnId": ref.id, "TxnType": ref.kind}]}


def link_lines(applications: Iterable[tuple[DocumentRef, Decimal]]) -> list[dict[str, Any]]:
    """One line per linked document, in order; the same document twice becomes one line."""
    sums: dict[DocumentRef, Decimal] = {}
    for ref, amount in applications:
        sums[ref] = sums.get(ref, ZERO) + amount
    return [link_line(ref, amount) for ref, amount in sums.items() if amount > 0]


def item_line(
    *,
    amount: Decimal,
    item_id: str,
    description: str | None = None,
    quantity: Decimal | None = None,
    unit_price: Decimal | None = None,
    tax_code: str | None = None,
    class_id: str | None = None,
) -> dict[str, Any]:
    """A SalesItemLine. Quantity and price go along only when their product is the amount (else 6070, contract 7.10)."""
    detail: dict[str, Any] = {"ItemRef": {"value": item_id}}
    if quantity is not None and unit_price is not None and rounded(quantity * unit_price) == amount:
        detail |= {"Qty": str(quantity), "UnitPrice": str(unit_price)}
    if class_id:
        detail["ClassRef"] = {"value": class_id}
    if tax_code:
        detail["TaxCodeRef"] = {"value": tax_code}
    line = {"DetailType": "SalesItemLineDetail", "Amount": text(amount), "SalesItemLineDetail": detail}
    return {**line, "Description": description} if description else line


def mirrored_line(line: Line, amount: Decimal) -> dict[str, Any] | None:
    """`line` again with another amount: same item, class, tax code and words (S02).

    None for lines that cannot be mirrored: bundles, and lines without an item.
    """
    if line.detail_type == "DiscountLineDetail":
        return _mirrored_discount(line, amount)
    detail = line.sales_item_line_detail
    if detail is None or detail.item_ref is None:
        return None
    return item_line(
        amount=amount,
        item_id=detail.item_ref.value,
        description=line.description,
        quantity=detail.qty,
        unit_price=detail.unit_price,
        tax_code=detail.tax_code_ref.value if detail.tax_code_ref else None,
        class_id=detail.class_ref.value if detail.class_ref else None,
    )


def _mirrored_discount(line: Line, amount: Decimal) -> dict[str, Any]:
    """A discount of a fixed amount, on the same account: a percentage would be computed anew."""
    detail: dict[str, Any] = {"PercentBased": False}
    if line.discount_line_detail and line.discount_line_detail.discount_account_ref:
        detail["DiscountAccountRef"] = {"value": line.discount_line_detail.discount_account_ref.value}
    return {"DetailType": "DiscountLineDetail", "Amount": text(amount), "DiscountLineDetail": detail}


def shared_out(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`amount` split in proportion to `weights`, to the cent, adding up exactly (cumulative rounding)."""
    whole = sum(weights, ZERO)
    parts: list[Decimal] = []
    given, seen = ZERO, ZERO
    for weight in weights:
        seen += weight
        upto = rounded(amount * seen / whole) if whole else ZERO
        parts.append(upto - given)
        given = upto
    return parts


def mirrored_part(document: SalesDocument, amount: Decimal) -> tuple[list[dict[str, Any]], Decimal]:
    """Lines that take back `amount` of a document, tax included, each in proportion; and the tax part of it.

    No lines when there is nothing to mirror.
    """
    if document.total_amt <= 0:
        return [], ZERO
    tax = rounded(amount * document.total_tax / document.total_amt)
    sold = [
        line for line in document.item_lines if line.sales_item_line_detail and line.sales_item_line_detail.item_ref
    ]
    parts = shared_out(amount - tax, [line.amount for line in sold])
    mirrored = [mirrored_line(line, part) for line, part in zip(sold, parts, strict=True) if part != 0]
    return [line for line in mirrored if line is not None], tax


def mirrored_tax(document: SalesDocument, tax: Decimal) -> dict[str, Any]:
    """The tax part of a mirrored document: the same code and rates, scaled to `tax`."""
    detail = document.txn_tax_detail
    if detail.txn_tax_code_ref is None and not detail.tax_line:
        return {}
    amounts = shared_out(tax, [line.amount for line in detail.tax_line])
    scale = tax / detail.total_tax if detail.total_tax else Decimal(0)
    lines = []
    for line, amount in zip(detail.tax_line, amounts, strict=True):
        rate = line.tax_line_detail
        part: dict[str, Any] = {"PercentBased": rate.percent_based if rate else True}
        if rate and rate.tax_rate_ref:
            part["TaxRateRef"] = {"value": rate.tax_rate_ref.value}
        if rate and rate.tax_percent is not None:
            part["TaxPercent"] = str(rate.tax_percent)
        if rate and rate.net_amount_taxable is not None:
            part["NetAmountTaxable"] = text(rate.net_amount_taxable * scale)
        lines.append({"Amount": text(amount), "DetailType": "TaxLineDetail", "TaxLineDetail": part})
    tax_detail: dict[str, Any] = {"TotalTax": text(tax), "TaxLine": lines}
    if detail.txn_tax_code_ref:
        tax_detail = {"TxnTaxCodeRef": {"value": detail.txn_tax_code_ref.value}, **tax_detail}
    return {"TxnTaxDetail": tax_detail}
