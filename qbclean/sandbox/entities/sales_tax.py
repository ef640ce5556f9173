"""Sales tax and totals: of a US company by the header's code or by address, of any other by the codes of the lines."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities.item_lines import in_the_us
from qbclean.sandbox.entities.line_taxes import tax_by_line
from qbclean.sandbox.entities.sales_lines import (
    discounts_of,
    is_taxed,
    own_lines,
    subtotal_of,
)
from qbclean.sandbox.entities.tax_rates import rates_of, tax_line, tax_lines_total
from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]


def total_of(new: Wire) -> Decimal:
    """Return the document's total: lines less discounts plus tax. Raises 2290 below zero."""
    total = money(subtotal_of(new) - discounts_of(new) + amount_of(new.get("TxnTaxDetail") or {}, "TotalTax"))
    if total < 0:
        raise refusals.ApiFault(
            "2290", "Negative Amount", f"Transaction amount must be 0 or greater. Supplied value:{total}", "TotalAmt"
        )
    return total


def complete_tax(edit: Edit, new: Wire, *, supplied: bool) -> None:
    """Compute sales tax from the header's code, or else the rates of its tax lines.

    An amount supplied with the request stands as it is, and so does a bare one that no rate explains; under automated
    sales tax it gives way to what the addresses make (quirk `ast_tax`). Companies outside the US are taxed by line.
    """
    preferences = edit.company.preferences
    detail: Wire = dict(new.get("TxnTaxDetail") or {})
    if not (preferences.get("TaxPrefs") or {}).get("UsingSalesTax"):
        new["TxnTaxDetail"] = {"TotalTax": ZERO}
        return
    if not in_the_us(edit.company.company_info):
        tax_by_line(edit, new, supplied=supplied)
        return
    automated = _automated_code(edit, new)
    if automated is not None:
        detail = {"TxnTaxCodeRef": automated} if automated else {}
        supplied = False
    stands = supplied and (amount_of(detail, "TotalTax") or detail.get("TaxLine"))
    if stands:
        detail["TotalTax"] = money(amount_of(detail, "TotalTax")) or tax_lines_total(detail)
        new["TxnTaxDetail"] = detail
        return
    code = edit.referred("TaxCode", detail, "TxnTaxCodeRef")
    taxable = _taxable(new)
    known = detail.pop("TaxLine", None) or []
    if code is None and not known:
        detail["TotalTax"] = money(amount_of(detail, "TotalTax"))
        new["TxnTaxDetail"] = detail
        return
    rates = rates_of(code) if code else [rate for line in known if (rate := _rate_of(line))]
    tax_lines = [tax_line(edit, rate, taxable) for rate in rates] if taxable else []
    if tax_lines:
        detail["TaxLine"] = tax_lines
    detail["TotalTax"] = money(sum((line["Amount"] for line in tax_lines), ZERO))
    new["TxnTaxDetail"] = detail


def _automated_code(edit: Edit, new: Wire) -> Wire | None:
    """Return the code automated sales tax applies: empty where none is owed, None where the document says it itself.

    Intuit's tables are not here: the company's own code applies to what stays in its state, nothing to what leaves it.
    """
    taxes = edit.company.preferences.get("TaxPrefs") or {}
    if not taxes.get("PartnerTaxEnabled") or edit.company.quirks["ast_tax"] == "supplied":
        return None
    named = (new.get("TxnTaxDetail") or {}).get("TxnTaxCodeRef") or taxes.get("TaxGroupCodeRef")
    code = named or next(({"value": code["Id"]} for code in edit.company.documents("TaxCode") if rates_of(code)), None)
    if code is None:
        return None
    customer = edit.read("Customer", (new.get("CustomerRef") or {}).get("value", "")) or {}
    info = edit.company.company_info
    there = _state(new.get("ShipAddr"), customer.get("ShipAddr"), customer.get("BillAddr"))
    here = _state(new.get("ShipFromAddr"), info.get("CompanyAddr"), info.get("LegalAddr"))
    return {} if there and here and there != here else {"value": code["value"]}


def _state(*addresses: Wire | None) -> str:
    found = (str((address or {}).get("CountrySubDivisionCode") or "") for address in addresses)
    return next(filter(None, found), "").casefold()


def _taxable(new: Wire) -> Decimal:
    taxed = sum((amount_of(line, "Amount") for line in own_lines(new) if is_taxed(line)), ZERO)
    subtotal = subtotal_of(new)
    if new.get("ApplyTaxAfterDiscount") and subtotal:
        taxed -= taxed * discounts_of(new) / subtotal
    return money(taxed)


def _rate_of(tax_line: Wire) -> str | None:
    detail = tax_line.get("TaxLineDetail") or {}
    return (detail.get("TaxRateRef") or {}).get("value")
