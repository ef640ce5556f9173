"""TaxService: the only way to make tax codes and rates through the API."""

from __future__ import annotations

from typing import Any

from qbclean.sandbox import refusals
from qbclean.sandbox.company import Company
from qbclean.sandbox.edit import Edit
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.shape import fields, identifier, many, rate, read_object, text, words
from qbclean.sandbox.wire import stamp

Wire = dict[str, Any]

_DETAIL = fields(
    TaxRateName=text(100),
    TaxRateId=identifier,
    RateValue=rate,
    TaxAgencyId=identifier,
    TaxApplicableOn=words("Sales", "Purchase"),
)
_SERVICE = fields(
    TaxCode=text(100),
    TaxCodeId=text(30),
    Id=text(30),
    SyncToken=text(20),
    sparse=text(5),
    domain=text(10),
    TaxRateDetails=many("TaxRateDetails", _DETAIL),
)


def make_tax_code(company: Company, body: Wire) -> Wire:
    """Create a tax code with its rates. Returns the bare answer, without an entity's envelope."""
    asked = read_object({name: value for name, value in body.items() if name != "sparse"}, _SERVICE, "TaxService")
    for name in ("TaxCode", "TaxRateDetails"):
        if not asked.get(name):
            raise refusals.missing(name)
    with company.lock:
        if company.tables["TaxCode"].holders("Name", asked["TaxCode"].casefold()):
            raise refusals.duplicate_name("tax code")
        edit = Edit(company)
        details = [_rate(edit, detail) for detail in asked["TaxRateDetails"]]
        code = _stored(edit, "TaxCode", Name=asked["TaxCode"], Description=asked["TaxCode"], Active=True)
        for side, entries in (("SalesTaxRateList", "Sales"), ("PurchaseTaxRateList", "Purchase")):
            chosen = [
                {"TaxRateRef": {"value": detail["TaxRateId"], "name": detail["TaxRateName"]}}
                for detail in details
                if detail["TaxApplicableOn"] == entries
            ]
            code[side] = {"TaxRateDetail": chosen}
        code["Taxable"] = code["TaxGroup"] = True
        edit.commit()
    return {"TaxCode": asked["TaxCode"], "TaxCodeId": code["Id"], "TaxRateDetails": details}


def _rate(edit: Edit, detail: Wire) -> Wire:
    detail.setdefault("TaxApplicableOn", "Sales")
    if "TaxRateId" in detail:
        known = edit.find("TaxRate", detail["TaxRateId"])
        return {**detail, "TaxRateName": known["Name"], "RateValue": known["RateValue"]}
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if name not in detail:
            raise refusals.missing(name)
    if edit.read("TaxAgency", detail["TaxAgencyId"]) is None:
        raise refusals.invalid_reference("TaxAgencyId", detail["TaxAgencyId"])
    if not 0 <= detail["RateValue"] <= 100:
        raise ApiFault("2110", "Invalid Decimal", "RateValue must be between 0 and 100.", "RateValue")
    made = _stored(
        edit,
        "TaxRate",
        Name=detail["TaxRateName"],
        Description=detail["TaxRateName"],
        Active=True,
        RateValue=detail["RateValue"],
        AgencyRef={"value": detail["TaxAgencyId"]},
    )
    return {**detail, "TaxRateId": made["Id"]}


def _stored(edit: Edit, entity: str, **content: Any) -> Wire:
    now = stamp(edit.now)
    stored = {
        **content,
        "domain": "QBO",
        "sparse": False,
        "Id": edit.take_id(entity),
        "SyncToken": "0",
        "MetaData": {"CreateTime": now, "LastUpdatedTime": now},
    }
    edit.put(entity, stored)
    return stored
