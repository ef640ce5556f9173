"""Bundles on sales documents: a group line stands for its members, which are what is sold, taxed and voided."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.sandbox.caller import Caller, a_line


@pytest.fixture
def bundle(caller: Caller) -> str:
    """The id of a bundle of one hour and two parts at 15.00."""
    part = caller.post("item", {"Name": "Valve", "Type": "NonInventory", "UnitPrice": 15, "IncomeAccountRef": _INCOME})
    inside = [{"Qty": 1, "ItemRef": {"value": "1"}}, {"Qty": 2, "ItemRef": {"value": part["Item"]["Id"]}}]
    made = caller.post("item", {"Name": "Fit", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": inside}})
    found: str = made["Item"]["Id"]
    return found


_INCOME = {"value": "13"}


def _group(item: str, *members: Any, **more: Any) -> dict[str, Any]:
    detail = {"GroupItemRef": {"value": item}, "Quantity": 1, **({"Line": list(members)} if members else {}), **more}
    return {"DetailType": "GroupLineDetail", "GroupLineDetail": detail}


def _invoice(caller: Caller, *lines: Any, **more: Any) -> dict[str, Any]:
    return caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": list(lines), **more})["Invoice"]


def test_a_bundle_comes_to_its_members_and_every_line_has_its_own_id(caller: Caller, bundle: str) -> None:
    made = _invoice(caller, a_line("8.00"), _group(bundle, a_line("30.00"), a_line("12.00")))
    group = made["Line"][1]
    assert (made["TotalAmt"], group["Amount"], group["GroupLineDetail"]["GroupItemRef"]["name"]) == (50, 42, "Fit")
    members = group["GroupLineDetail"]["Line"]
    assert [member["SalesItemLineDetail"]["ItemRef"]["name"] for member in members] == ["Services", "Services"]
    assert len({made["Line"][0]["Id"], group["Id"], *(member["Id"] for member in members)}) == 4
    echoed = caller.post("invoice", made)["Invoice"]
    assert echoed["Line"] == made["Line"]


def test_a_bundle_named_alone_is_filled_with_what_its_item_holds(caller: Caller, bundle: str) -> None:
    made = _invoice(caller, _group(bundle, Quantity=3))
    members = made["Line"][0]["GroupLineDetail"]["Line"]
    assert [(member["Amount"], member["SalesItemLineDetail"].get("Qty")) for member in members] == [(0, 3), (90, 6)]
    assert made["TotalAmt"] == 90


def test_members_are_taxed_and_voided_like_any_line(caller: Caller, bundle: str) -> None:
    tax = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}}
    made = _invoice(caller, _group(bundle, a_line("100.00", TaxCodeRef={"value": "TAX"}), a_line("10.00")), **tax)
    assert made["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == 100
    assert made["TotalAmt"] == 110 + made["TxnTaxDetail"]["TotalTax"]
    voided = caller.void_invoice(made)["Invoice"]
    assert [member["Amount"] for member in voided["Line"][0]["GroupLineDetail"]["Line"]] == [0, 0]
    assert caller.get("reports/ProfitAndLoss", date_macro="All").json["Rows"] == {}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (_group("999", a_line("1.00")), "2500"),
        ({"DetailType": "GroupLineDetail"}, "2020"),
        ({"DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": "x"}}, "2010"),
        ({"DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": ["x"]}}, "2010"),
        ({"DetailType": "GroupLineDetail", "GroupLineDetail": {"Bogus": 1}}, "2010"),
        (_group("1", {"DetailType": "GroupLineDetail"}), "2010"),
        (_group("1", a_line("1.00", ItemRef={"value": "999"})), "2500"),
        (_group("1", a_line("1.00", Qty=2, UnitPrice=5)), "6070"),
        (_group("1", a_line("1.00", TaxCodeRef={"value": "9"})), "6100"),
    ],
)
def test_a_bundle_that_cannot_be_sold_is_refused(caller: Caller, line: dict[str, Any], code: str) -> None:
    assert caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [line]}).code == code
