"""Tax codes and their rates, and the tax lines they make."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

HUNDRED = Decimal(100)


def rates_of(code: Mapping[str, Any]) -> list[str]:
    """Return the ids of a tax code's rates for sales."""
    details = (code.get("SalesTaxRateList") or {}).get("TaxRateDetail") or ()
    return [detail["TaxRateRef"]["value"] for detail in details if detail.get("TaxRateRef")]


def tax_line(edit: Edit, rate_id: str, taxable: Decimal) -> Wire:
    """Return the tax line of one rate on a taxable amount."""
    rate = edit.find("TaxRate", rate_id)
    percent = amount_of(rate, "RateValue")
    return {
        "Amount": money(taxable * percent / HUNDRED),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate_id},
            "PercentBased": True,
            "TaxPercent": percent,
            "NetAmountTaxable": taxable,
        },
    }


def tax_lines_total(detail: Wire) -> Decimal:
    """Return what the tax lines come to."""
    return money(sum((amount_of(line, "Amount") for line in detail.get("TaxLine") or ()), ZERO))
