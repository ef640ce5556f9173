"""Customer, Vendor and Employee: people and companies that share one space of names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.addresses import reshape_addresses
from qbclean.sandbox.entities.currency import check_fixed
from qbclean.sandbox.entities.references import check_references
from qbclean.sandbox.entities.spec import EntitySpec, Kind, Options, Rules
from qbclean.sandbox.entities.trees import MAX_LEVEL, complete_branch, rename_branch
from qbclean.sandbox.shape import amount, anything, computed, day, each, flag, rate, reference, text, words
from qbclean.sandbox.wire import ZERO, amount_of

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_HOLDERS = ("Customer", "Vendor", "Employee")
_DELETED = " (deleted)"
_FORBIDDEN = (":", "\t", "\n")

_PERSON = {
    **parts.OBJECT,
    **each(text(16), "Title Suffix"),
    **each(text(100), "GivenName MiddleName FamilyName CompanyName ContactName AltContactName"),
    "DisplayName": text(500),
    "PrintOnCheckName": text(110),
    "FullyQualifiedName": computed,
    "Active": flag,
    **each(parts.ADDRESS, "BillAddr ShipAddr PrimaryAddr"),
    "OtherAddr": anything,
    **each(parts.PHONE, "PrimaryPhone AlternatePhone Mobile Fax"),
    "PrimaryEmailAddr": parts.EMAIL,
    "WebAddr": parts.WEBSITE,
    "Notes": text(2000),
    **each(text(100), "AcctNum UserId TaxIdentifier BusinessNumber GSTIN GSTRegistrationType"),
    "CurrencyRef": reference,
    "OtherContactInfo": anything,
    "IntuitId": computed,
    **each(flag, "Organization"),
    "V4IDPseudonym": computed,
}
_CUSTOMER = {
    **_PERSON,
    **each(flag, "Job BillWithParent Taxable"),
    "IsProject": computed,
    **each(
        reference,
        "ParentRef DefaultTaxCodeRef SalesTermRef PaymentMethodRef ARAccountRef CustomerTypeRef RootCustomerRef"
        " SalesRepRef TaxGroupCodeRef ItemPriceLevelRef PriceLevelRef OverDueChargeRate",
    ),
    **each(computed, "Balance BalanceWithJobs Level ClientEntityId TotalRevenue TotalExpense ClientCompanyId"),
    **each(day, "OpenBalanceDate"),
    "CreditLimit": amount,
    "PreferredDeliveryMethod": words("Print", "Email", "None"),
    **each(text(40), "ResaleNum PrimaryTaxIdentifier SecondaryTaxIdentifier TaxRegime Source TaxExemptionReasonId"),
    **each(anything, "CCDetail JobInfo"),
    "CreditChargeInfo": anything,
}
_VENDOR = {
    **_PERSON,
    **each(reference, "APAccountRef TermRef"),
    **each(flag, "Vendor1099 T4AEligible T5018Eligible HasTPAR"),
    **each(computed, "Balance OpenBalance"),
    **each(day, "OpenBalanceDate"),
    **each(rate, "BillRate CostRate"),
    **each(amount, "CreditLimit"),
    **each(anything, "VendorPaymentBankDetail TaxReportingBasis Source"),
    **each(text(40), "TaxIdEffectiveDate"),
}
_EMPLOYEE = {
    **_PERSON,
    **each(text(100), "EmployeeNumber EmployeeType SSN Gender"),
    **each(day, "BirthDate HiredDate ReleasedDate"),
    **each(flag, "BillableTime UseTimeEntry"),
    **each(rate, "BillRate CostRate"),
}


class NameRules(Rules):
    """Derives and protects the display name."""

    def __init__(self, entity: str) -> None:
        self.entity = entity

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Derive DisplayName, refuse a forbidden, empty or taken one (6080, 6240), keep the tree in order."""
        check_references(edit, new, old)
        if old:
            check_fixed(edit, new, old)
        if old and "DisplayName" in options.sent and "DisplayName" not in new:
            raise refusals.missing("DisplayName")
        derived = " ".join(str(new[name]) for name in _NAME_PARTS if new.get(name))
        display = str(new.setdefault("DisplayName", derived)).strip()
        if not display:
            raise refusals.ApiFault(
                "6080",
                "Name required",
                "At least one of Title, GivenName, MiddleName, FamilyName, Suffix or DisplayName is needed.",
                "DisplayName",
            )
        for name in ("DisplayName", *_NAME_PARTS):
            if any(sign in str(new.get(name, "")) for sign in _FORBIDDEN):
                raise refusals.ApiFault("2040", "Invalid String", f"{name} may hold no colon, tab or line break.", name)
        new.setdefault("Active", True)
        display = _with_deleted_mark(new, old, display)
        new["DisplayName"] = display
        _refuse_taken(edit, self.entity, new)
        new.setdefault("PrintOnCheckName", new.get("CompanyName") or display)
        if self.entity == "Customer":
            _complete_job(edit, new, old)
        else:
            new["FullyQualifiedName"] = display

    def linked(self, edit: Edit, new: Wire | None, old: Wire | None) -> None:
        """Carry a rename down to the jobs below, and the balance of a moved job to its new parents."""
        if self.entity != "Customer" or new is None or old is None:
            return
        before, after = ((customer.get("ParentRef") or {}).get("value") for customer in (old, new))
        if before != after:
            balance = amount_of(old, "BalanceWithJobs")
            edit.move_balance_with_jobs(before, -balance)
            edit.move_balance_with_jobs(after, balance)
        if new["FullyQualifiedName"] != old.get("FullyQualifiedName"):
            rename_branch(edit, "Customer", new)

    def defaults(self, edit: Edit, new: Wire) -> None:
        """Fill what the answer always shows. An opening balance sent at create is ignored."""
        reshape_addresses(edit, new)
        if self.entity != "Employee":
            new.setdefault("Balance", ZERO)
        if self.entity == "Customer":
            new.setdefault("BalanceWithJobs", ZERO)
            new.setdefault("Taxable", False)
            new.setdefault("PreferredDeliveryMethod", "None")
            new.setdefault("IsProject", False)
        new.setdefault("CurrencyRef", {"value": "USD", "name": "United States Dollar"})


def _with_deleted_mark(new: Wire, old: Wire | None, display: str) -> str:
    """QuickBooks appends " (deleted)" to the name of what is made inactive, and takes it off again."""
    mark = _DELETED
    was_active = (old or {}).get("Active", True)
    if was_active and not new["Active"] and not display.endswith(mark):
        return display + mark
    if not was_active and new["Active"] and display == (old or {}).get("DisplayName") and display.endswith(mark):
        return display.removesuffix(mark)
    return display


def _refuse_taken(edit: Edit, entity: str, new: Wire) -> None:
    """Refuse a name that is borne by another, or was by one made inactive since (quirk `inactive_name`)."""
    wanted = new["DisplayName"].casefold()
    names = [wanted]
    if edit.company.quirks["inactive_name"] == "taken":
        names.append(wanted + _DELETED)
    for holder in _HOLDERS:
        for name in names:
            for object_id in edit.company.tables[holder].holders("DisplayName", name) or ():
                if (holder, object_id) != (entity, new.get("Id")):
                    raise refusals.duplicate_name("customer, vendor or employee")


def _complete_job(edit: Edit, new: Wire, old: Wire | None) -> None:
    if bool(new.get("Job")) != bool(new.get("ParentRef")):
        raise refusals.ApiFault(
            "6150",
            "ParentRef Required Error",
            "A sub-customer needs both Job = true and a ParentRef; a customer of its own has neither.",
            "Job",
        )
    new.setdefault("Job", False)
    new.setdefault("BillWithParent", False)
    complete_branch(edit, "Customer", new, old, label="DisplayName", limit=MAX_LEVEL)


_TIMES: dict[str, Kind] = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}
_PERSON_QUERY: Mapping[str, Kind] = {
    "Id": "id",
    "DisplayName": "text",
    "GivenName": "text",
    "MiddleName": "text",
    "FamilyName": "text",
    "CompanyName": "text",
    "PrintOnCheckName": "text",
    "PrimaryEmailAddr": "text",
    "Active": "flag",
    **_TIMES,
}

CUSTOMER = EntitySpec(
    name="Customer",
    shape=_CUSTOMER,
    queryable={**_PERSON_QUERY, "FullyQualifiedName": "text", "Balance": "amount"},
    sortable={"BalanceWithJobs": "amount"},
    rules=NameRules("Customer"),
    sequence="name",
    name_list=True,
    deletable=False,
)
VENDOR = EntitySpec(
    name="Vendor",
    shape=_VENDOR,
    queryable={**_PERSON_QUERY, "Balance": "amount"},
    rules=NameRules("Vendor"),
    sequence="name",
    name_list=True,
    deletable=False,
)
EMPLOYEE = EntitySpec(
    name="Employee",
    shape=_EMPLOYEE,
    queryable=_PERSON_QUERY,
    rules=NameRules("Employee"),
    sequence="name",
    name_list=True,
    deletable=False,
)
