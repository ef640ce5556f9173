"""From the CRM's lines to QuickBooks items and tax: by the items' names, and by how paired invoices were booked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from qbclean.actions.create_invoice import tax_detail
from qbclean.detect.inquiry import Inquiry
from qbclean.model.crm import CrmInvoice
from qbclean.model.lists import TaxRate
from qbclean.model.money import ZERO, rounded, total


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """Items and taxability line by line; `problem` says why the invoice cannot be built to the cent (S15)."""

    items: tuple[str, ...] = ()
    taxable: tuple[bool, ...] = ()
    tax: Mapping[str, Any] = msgspec.field(default_factory=dict)
    problem: str = ""


def map_lines(inquiry: Inquiry, invoice: CrmInvoice) -> Mapped:
    """Every line on an active item with an income account, tax as the CRM has it; a problem in words otherwise."""
    if not invoice.lines:
        return Mapped(problem="the CRM export has no lines for it; export the invoice lines too")
    if total(line.amount for line in invoice.lines) + (invoice.tax or ZERO) != invoice.total:
        return Mapped(problem=f"its lines and tax do not add up to its total {invoice.total}")
    items: list[str] = []
    for line in invoice.lines:
        item = _item(inquiry, line.item, line.description)
        if item is None:
            return Mapped(problem=f'no QuickBooks item is known for "{line.item or line.description or "(no item)"}"')
        items.append(item)
    taxable, tax, problem = _tax(inquiry, invoice)
    return Mapped(items=tuple(items), taxable=taxable, tax=tax, problem=problem)


def _item(inquiry: Inquiry, name: str | None, description: str | None) -> str | None:
    known = inquiry.overview.items
    return (
        known.find(name) or known.find(description) or known.learned(name) or known.find(inquiry.settings.default_item)
    )


def _tax(inquiry: Inquiry, invoice: CrmInvoice) -> tuple[tuple[bool, ...], Mapping[str, Any], str]:
    """Taxability per line, the TxnTaxDetail, and a problem when no one tax rate gives the CRM's tax to the cent."""
    lines = invoice.lines or ()
    tax = invoice.tax or ZERO
    if tax == 0:
        return tuple(False for _ in lines), {}, ""
    if inquiry.books.preferences.tax_prefs.partner_tax_enabled:
        return (), {}, "QuickBooks computes sales tax by itself in this company and may come to another amount (S10)"
    taxable = tuple(line.taxable if line.taxable is not None else True for line in lines)
    base = total(line.amount for line, taxed in zip(lines, taxable, strict=True) if taxed)
    tolerance = inquiry.settings.tax_rounding_per_line * max(1, sum(taxable))
    fitting = [
        (code_id, rate)
        for code_id, rate in _single_rates(inquiry)
        if abs(rounded(base * rate.rate_value / 100) - tax) <= tolerance
    ]
    exact = [pair for pair in fitting if rounded(base * pair[1].rate_value / 100) == tax]
    if len(exact) != 1:
        return (), {}, f"no single sales tax code gives its tax of {tax} on {base} to the cent"
    code_id, rate = exact[0]
    return taxable, tax_detail(code_id, rate.id, rate.rate_value, base, tax), ""


def _single_rates(inquiry: Inquiry) -> list[tuple[str, TaxRate]]:
    """(tax code, its one rate) for every active code with exactly one rate."""
    found = []
    for code in inquiry.books.tax_codes.values():
        details = code.sales_tax_rate_list.tax_rate_detail
        rate = inquiry.books.tax_rates.get(details[0].tax_rate_ref.value) if len(details) == 1 else None
        if code.active and rate is not None and rate.active and rate.rate_value > Decimal(0):
            found.append((code.id, rate))
    return sorted(found, key=lambda pair: pair[0])
