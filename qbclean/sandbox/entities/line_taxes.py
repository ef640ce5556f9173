"""Tax of companies outside the US: real tax codes on lines, and `GlobalTaxCalculation` to say what amounts mean."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities.group_lines import add_up_members
from qbclean.sandbox.entities.sales_lines import own_lines, subtotal_of, tax_code_of
from qbclean.sandbox.entities.tax_rates import HUNDRED, rates_of, tax_line, tax_lines_total
from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]


def tax_by_line(edit: Edit, new: Wire, *, supplied: bool) -> None:
    """Compute the tax of each rate from the lines that bear it; one supplied with the request stands.

    Raises 6170 where `NotApplicable` meets a tax code or a tax. `TaxInclusive` amounts become net.
    """
    detail: Wire = dict(new.get("TxnTaxDetail") or {})
    method = new.setdefault("GlobalTaxCalculation", "TaxExcluded")
    sent = supplied and bool(amount_of(detail, "TotalTax") or detail.get("TaxLine"))
    if method == "NotApplicable":
        if sent or any(map(tax_code_of, own_lines(new))):
            raise _conflict()
        new["TxnTaxDetail"] = {"TotalTax": ZERO}
        return
    rates = {code: _rates(edit, code) for code in {tax_code_of(line) for line in own_lines(new)} if code}
    if method == "TaxInclusive":
        _make_net(edit, new, rates)
    if sent:
        detail["TotalTax"] = money(amount_of(detail, "TotalTax")) or tax_lines_total(detail)
    else:
        taxable: dict[str, Decimal] = {}
        for line in own_lines(new):
            for rate in rates.get(tax_code_of(line), ()):
                taxable[rate] = taxable.get(rate, ZERO) + amount_of(line, "Amount")
        detail["TaxLine"] = [tax_line(edit, rate, money(amount)) for rate, amount in taxable.items()]
        detail["TotalTax"] = _inclusive_tax(new) if method == "TaxInclusive" else tax_lines_total(detail)
    new["TxnTaxDetail"] = detail


def _conflict() -> refusals.ApiFault:
    return refusals.ApiFault(
        "6170",
        "Invalid Global Tax Calculation",
        "GlobalTaxCalculation NotApplicable cannot be combined with tax codes or tax amounts.",
        "GlobalTaxCalculation",
    )


def _rates(edit: Edit, code_id: str) -> list[str]:
    return rates_of(edit.read("TaxCode", code_id) or {})


def _make_net(edit: Edit, new: Wire, rates: dict[str, list[str]]) -> None:
    """Take the tax out of the amounts; what a line was with its tax stays in `TaxInclusiveAmt`.

    Without that field the Amount is what the customer pays, or already net (quirk `inclusive_amount`).
    """
    for line in own_lines(new):
        detail = line.get("SalesItemLineDetail")
        if detail is None:
            continue
        percents = (amount_of(edit.find("TaxRate", rate), "RateValue") for rate in rates.get(tax_code_of(line), ()))
        factor = 1 + sum(percents, ZERO) / HUNDRED
        if "TaxInclusiveAmt" not in detail and edit.company.quirks["inclusive_amount"] == "net":
            detail["TaxInclusiveAmt"] = money(amount_of(line, "Amount") * factor)
        gross = amount_of(detail, "TaxInclusiveAmt") if "TaxInclusiveAmt" in detail else amount_of(line, "Amount")
        detail["TaxInclusiveAmt"] = money(gross)
        line["Amount"] = money(gross / factor)
        if detail.get("UnitPrice") and detail.get("Qty"):
            detail["UnitPrice"] = round(line["Amount"] / Decimal(detail["Qty"]), 7)
    for line in new["Line"]:
        if line["DetailType"] == "GroupLineDetail":
            add_up_members(line)
        elif line["DetailType"] == "SubTotalLineDetail":
            line["Amount"] = money(subtotal_of(new))


def _inclusive_tax(new: Wire) -> Decimal:
    """Return the tax inside the lines, to the cent: what customers pay must stay what the lines say."""
    details = ((line, line.get("SalesItemLineDetail") or {}) for line in own_lines(new))
    taxes = (amount_of(detail, "TaxInclusiveAmt") - amount_of(line, "Amount") for line, detail in details if detail)
    return money(sum(taxes, ZERO))
