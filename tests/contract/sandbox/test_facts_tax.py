"""Sales tax by header, by address and by line; totals under each GlobalTaxCalculation (contract sheet 7.11)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.sandbox.caller import Answer, Caller, Wire, a_line

SENT = {"TotalTax": "11.11"}


def _change(caller: Caller, entity: str, **fields: Any) -> None:
    stored = next(iter(caller.rows(f"select * from {entity}")))
    caller.post(entity.lower(), {"Id": stored["Id"], "SyncToken": stored["SyncToken"], "sparse": True, **fields})


def _sell(caller: Caller, *lines: Wire, **fields: Any) -> Answer:
    return caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": list(lines), **fields})


def _taxed(amount: str = "100.00", code: str = "TAX", **detail: Any) -> Wire:
    return a_line(amount, TaxCodeRef={"value": code}, **detail)


# ---------------------------------------------------------------- automated sales tax


@pytest.fixture
def automated(caller: Caller) -> Caller:
    """A caller of a Californian company under automated sales tax of 8 %."""
    _change(caller, "Preferences", TaxPrefs={"UsingSalesTax": True, "PartnerTaxEnabled": True})
    _change(caller, "CompanyInfo", CompanyAddr={"Line1": "1 Main St", "CountrySubDivisionCode": "CA"})
    return caller


def test_automated_sales_tax_overrides_what_is_sent(automated: Caller) -> None:
    invoice = _sell(automated, _taxed(), a_line("50.00"), TxnTaxDetail=SENT)["Invoice"]
    assert (invoice["TxnTaxDetail"]["TotalTax"], invoice["TotalAmt"]) == (8, 158)
    assert invoice["TxnTaxDetail"]["TxnTaxCodeRef"]["value"] == "2"
    automated.admin("POST", "quirks", {"ast_tax": "supplied"})
    assert _sell(automated, _taxed(), TxnTaxDetail=SENT)["Invoice"]["TotalAmt"] == Decimal("111.11")


def test_automated_sales_tax_goes_by_the_address_the_goods_go_to(automated: Caller) -> None:
    away = {"Line1": "9 Far Rd", "CountrySubDivisionCode": "OR"}
    invoice = _sell(automated, _taxed(), ShipAddr=away, TxnTaxDetail=SENT)["Invoice"]
    assert (invoice["TxnTaxDetail"]["TotalTax"], invoice["TotalAmt"]) == (0, 100)
    assert _sell(automated, _taxed(), ShipAddr=away, ShipFromAddr=away)["Invoice"]["TotalAmt"] == 108


# ---------------------------------------------------------------- outside the United States


@pytest.fixture
def abroad(caller: Caller) -> tuple[Caller, str]:
    """A caller of a British company, and the id of its tax code of 20 %."""
    _change(caller, "CompanyInfo", Country="GB")
    rate = {"TaxRateName": "VAT", "RateValue": 20, "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}
    made = caller.post("taxservice/taxcode", {"TaxCode": "Standard", "TaxRateDetails": [rate]}).json
    return caller, str(made["TaxCodeId"])


def test_outside_the_us_tax_follows_the_codes_of_the_lines(abroad: tuple[Caller, str]) -> None:
    caller, code = abroad
    invoice = _sell(caller, _taxed("100.00", code), a_line("50.00"))["Invoice"]
    assert (invoice["GlobalTaxCalculation"], invoice["TotalAmt"]) == ("TaxExcluded", 170)
    (line,) = invoice["TxnTaxDetail"]["TaxLine"]
    assert (line["Amount"], line["TaxLineDetail"]["NetAmountTaxable"]) == (20, 100)
    assert "TaxCodeRef" not in invoice["Line"][1]["SalesItemLineDetail"]
    assert _sell(caller, _taxed("100.00", "TAX"))["Invoice"]["TotalAmt"] == 100
    assert _sell(caller, _taxed("100.00", "77")).code == "2500"


def test_a_tax_sent_stays_until_the_lines_change_without_it(abroad: tuple[Caller, str]) -> None:
    caller, code = abroad
    invoice = _sell(caller, _taxed("100.00", code), TxnTaxDetail=SENT)["Invoice"]
    assert invoice["TotalAmt"] == Decimal("111.11")
    ids = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True}
    assert caller.post("invoice", {**ids, "Line": [_taxed("200.00", code)]})["Invoice"]["TotalAmt"] == 240


def test_tax_inclusive_amounts_become_net_and_stay_what_customers_pay(abroad: tuple[Caller, str]) -> None:
    caller, code = abroad
    made = _sell(caller, _taxed("100.00", code, Qty=3), GlobalTaxCalculation="TaxInclusive")["Invoice"]
    line, subtotal = made["Line"]
    assert (line["Amount"], subtotal["Amount"]) == (Decimal("83.33"), Decimal("83.33"))
    assert line["SalesItemLineDetail"]["TaxInclusiveAmt"] == 100
    assert (made["TxnTaxDetail"]["TotalTax"], made["TotalAmt"]) == (Decimal("16.67"), 100)
    ids = {"Id": made["Id"], "SyncToken": "0", "sparse": True}
    again = caller.post("invoice", {**ids, "Line": made["Line"]})["Invoice"]
    assert (again["TotalAmt"], again["Line"][0]["Amount"]) == (100, line["Amount"])
    caller.admin("POST", "quirks", {"inclusive_amount": "net"})
    net = _sell(caller, _taxed("100.00", code), GlobalTaxCalculation="TaxInclusive")["Invoice"]
    assert (net["Line"][0]["Amount"], net["TotalAmt"]) == (100, 120)


def test_not_applicable_conflicts_with_any_tax(abroad: tuple[Caller, str]) -> None:
    caller, code = abroad
    none = {"GlobalTaxCalculation": "NotApplicable"}
    assert _sell(caller, a_line("100.00"), **none)["Invoice"]["TotalAmt"] == 100
    for refused in (
        _sell(caller, _taxed("100.00", code), **none),
        _sell(caller, a_line("9.00"), TxnTaxDetail=SENT, **none),
    ):
        assert (refused.status, refused.code) == (400, "6170")
    invoice = _sell(caller, _taxed("100.00", code))["Invoice"]
    ids = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True}
    assert caller.post("invoice", {**ids, **none}).code == "6170"


def test_a_us_company_has_no_global_tax_calculation(caller: Caller) -> None:
    for method in ("TaxExcluded", "NotApplicable"):
        invoice = _sell(caller, _taxed(), TxnTaxDetail={"TxnTaxCodeRef": {"value": "2"}}, GlobalTaxCalculation=method)
        assert invoice["Invoice"]["TotalAmt"] == 108
        assert "GlobalTaxCalculation" not in invoice["Invoice"]
    assert _sell(caller, _taxed(), GlobalTaxCalculation="TaxExclusive").code == "2010"
