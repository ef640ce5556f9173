"""The lists documents refer to: items, accounts, terms, taxes, payment methods, classes, departments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.account_types import CLASSIFICATIONS, CONTROL_TYPES, SUBTYPES, TYPE_OF_SUBTYPE
from qbclean.sandbox.entities.spec import EntitySpec, Kind, Options, Rules
from qbclean.sandbox.entities.trees import complete_branch, rename_branch
from qbclean.sandbox.shape import anything, computed, day, each, flag, many, one, rate, reference, text, whole, words
from qbclean.sandbox.wire import ZERO

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_TIMES: dict[str, Kind] = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}
_NAMED: dict[str, Kind] = {"Id": "id", "Name": "text", "Active": "flag", **_TIMES}
_TREE: dict[str, Kind] = {**_NAMED, "FullyQualifiedName": "text"}

_BRANCH_FLAGS = {"Item": "SubItem", "Account": "SubAccount", "Class": "SubClass", "Department": "SubDepartment"}
"""What says of an entry that it is below another."""


class ListRules(Rules):
    """A named entry: the name is needed and unique among siblings."""

    def __init__(self, entity: str, *, tree: bool = False) -> None:
        self.entity = entity
        self.tree = tree

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:  # noqa: ARG002 - the interface
        """Refuse an empty or taken name (2020, 6240)."""
        if not str(new.get("Name", "")).strip():
            raise refusals.missing("Name")
        new.setdefault("Active", True)
        if self.tree:
            if (flagged := _BRANCH_FLAGS.get(self.entity)) is not None:
                new[flagged] = bool(new.get("ParentRef"))
            complete_branch(edit, self.entity, new, old, label="Name")
        name = "FullyQualifiedName" if self.tree else "Name"
        for holder in edit.company.tables[self.entity].holders(name, str(new[name]).casefold()) or ():
            if holder != new.get("Id"):
                raise refusals.duplicate_name(self.entity.lower())

    def linked(self, edit: Edit, new: Wire | None, old: Wire | None) -> None:
        """Carry a rename down the tree."""
        if self.tree and new and old and new["FullyQualifiedName"] != old.get("FullyQualifiedName"):
            rename_branch(edit, self.entity, new)


class ItemRules(ListRules):
    """Items: what is sold needs an income account; inventory needs its accounts and a start."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Check the accounts by type."""
        new.setdefault("Type", "Service")
        super().prepare(edit, new, old, options)
        for name in ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef"):
            if (new.get(name) or {}).get("value") != ((old or {}).get(name) or {}).get("value"):
                edit.referred("Account", new, name)
        if new["Type"] in {"Service", "NonInventory"} and not (
            new.get("IncomeAccountRef") or new.get("ExpenseAccountRef")
        ):
            raise refusals.missing("IncomeAccountRef")
        if new["Type"] == "Inventory":
            for name in ("IncomeAccountRef", "AssetAccountRef", "ExpenseAccountRef", "InvStartDate"):
                if name not in new:
                    raise refusals.missing(name)

    def defaults(self, edit: Edit, new: Wire) -> None:  # noqa: ARG002 - the interface
        """Fill what the answer always shows."""
        new.setdefault("Taxable", False)
        if new["Type"] not in {"Category", "Group"}:
            new.setdefault("UnitPrice", ZERO)
            new.setdefault("PurchaseCost", ZERO)
        new.setdefault("TrackQtyOnHand", new["Type"] == "Inventory")


class AccountRules(ListRules):
    """Accounts: type, sub-type and classification agree."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Derive what is missing. A type that changes classification is refused."""
        super().prepare(edit, new, old, options)
        kind = new.get("AccountType")
        if kind is None and "AccountSubType" not in new:
            raise refusals.missing("AccountType")
        new.setdefault("AccountType", TYPE_OF_SUBTYPE.get(str(new.get("AccountSubType")), "Expense"))
        new["Classification"] = CLASSIFICATIONS[new["AccountType"]]
        new.setdefault("AccountSubType", SUBTYPES[new["AccountType"]])
        before = str((old or {}).get("AccountType", new["AccountType"]))
        control = before != new["AccountType"] and {before, new["AccountType"]} & CONTROL_TYPES
        if control or CLASSIFICATIONS.get(before) != new["Classification"]:
            raise refusals.business("The type of an account in use cannot change to another classification.")

    def defaults(self, edit: Edit, new: Wire) -> None:  # noqa: ARG002 - the interface
        """Fill what the answer always shows."""
        new.setdefault("CurrentBalance", ZERO)
        new.setdefault("CurrentBalanceWithSubAccounts", ZERO)
        new.setdefault("CurrencyRef", {"value": "USD", "name": "United States Dollar"})


class TermRules(ListRules):
    """Terms: due after days, or on a day of the month."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Tell the type by which fields are there."""
        super().prepare(edit, new, old, options)
        if "DueDays" not in new and "DayOfMonthDue" not in new:
            raise refusals.missing("DueDays")
        new["Type"] = "STANDARD" if "DueDays" in new else "DATE_DRIVEN"
        if new["Type"] == "STANDARD":
            new.setdefault("DiscountPercent", ZERO)
            new.setdefault("DiscountDays", 0)


_ITEM = {
    **parts.OBJECT,
    "Name": text(100),
    "Sku": text(100),
    **each(text(4000), "Description PurchaseDesc"),
    **each(flag, "Active SubItem Taxable SalesTaxIncluded PurchaseTaxIncluded TrackQtyOnHand DeferredRevenue"),
    **each(computed, "FullyQualifiedName Level HasBeenUsed"),
    **each(rate, "UnitPrice PurchaseCost QtyOnHand RatePercent ReorderPoint QtyOnSalesOrder QtyOnPurchaseOrder"),
    **each(rate, "AbatementRate ReverseChargeRate AvgCost ManPartNum"),
    "Type": words("Service", "Inventory", "NonInventory", "Category", "Group", "Bundle", "Assembly"),
    **each(
        reference,
        "IncomeAccountRef ExpenseAccountRef AssetAccountRef COGSAccountRef ParentRef SalesTaxCodeRef"
        " PurchaseTaxCodeRef ClassRef PrefVendorRef TaxClassificationRef DepositToAccountRef PaymentMethodRef",
    ),
    "InvStartDate": day,
    "ItemGroupDetail": one(
        "ItemGroupDetail",
        {"ItemGroupLine": many("ItemGroupLine", {"ItemRef": reference, "Qty": rate, "UOMRef": anything})},
    ),
    **each(anything, "ItemCategoryType ServiceType UQCDisplayText UQCId Source SpecialItem"),
    **each(anything, "PrintGroupedItems ItemAssemblyDetail UOMSetRef PriceLevelRef"),
}
_ACCOUNT = {
    **parts.OBJECT,
    "Name": text(100),
    "AcctNum": text(20),
    "Description": text(4000),
    **each(flag, "Active SubAccount"),
    **each(computed, "FullyQualifiedName Classification CurrentBalance CurrentBalanceWithSubAccounts Level"),
    **each(computed, "OnlineBankingEnabled FIName OpeningBalance OpeningBalanceDate"),
    "AccountType": words(*CLASSIFICATIONS),
    "AccountSubType": text(100),
    **each(reference, "ParentRef CurrencyRef TaxCodeRef JournalCodeRef"),
    **each(anything, "BankNum TxnLocationType AccountAlias TaxAccount"),
}


def _list_entity(name: str, shape: dict[str, Any], **more: Any) -> EntitySpec:
    common = {**parts.OBJECT, "Name": text(100), "Active": flag, **shape}
    settings: dict[str, Any] = {"queryable": _NAMED, "rules": ListRules(name), "name_list": True, "deletable": False}
    return EntitySpec(name=name, shape=common, **{**settings, **more})


ITEM = EntitySpec(
    name="Item",
    shape=_ITEM,
    queryable={**_TREE, "Type": "text", "Sku": "text", "UnitPrice": "amount"},
    rules=ItemRules("Item", tree=True),
    name_list=True,
    deletable=False,
)
ACCOUNT = EntitySpec(
    name="Account",
    shape=_ACCOUNT,
    queryable={
        **_TREE,
        "AccountType": "text",
        "AccountSubType": "text",
        "Classification": "text",
        "AcctNum": "text",
        "SubAccount": "flag",
        "CurrentBalance": "amount",
    },
    rules=AccountRules("Account", tree=True),
    name_list=True,
    deletable=False,
)
TERM = _list_entity(
    "Term",
    {
        **each(whole, "DueDays DiscountDays DayOfMonthDue DueNextMonthDays DiscountDayOfMonth"),
        "DiscountPercent": rate,
        "Type": computed,
    },
    queryable={**_NAMED, "DueDays": "number", "Type": "text"},
    rules=TermRules("Term"),
)
PAYMENT_METHOD = _list_entity(
    "PaymentMethod",
    {"Name": text(31), "Type": words("CREDIT_CARD", "NON_CREDIT_CARD")},
    queryable={**_NAMED, "Type": "text"},
)
CLASS = _list_entity(
    "Class",
    {"SubClass": flag, "ParentRef": reference, **each(computed, "FullyQualifiedName Level")},
    queryable=_TREE,
    rules=ListRules("Class", tree=True),
)
DEPARTMENT = _list_entity(
    "Department",
    {
        "SubDepartment": flag,
        "ParentRef": reference,
        "Address": parts.ADDRESS,
        **each(computed, "FullyQualifiedName Level"),
    },
    queryable=_TREE,
    rules=ListRules("Department", tree=True),
)
TAX_CODE = _list_entity(
    "TaxCode",
    {
        "Description": text(4000),
        **each(flag, "Taxable TaxGroup Hidden"),
        **each(anything, "SalesTaxRateList PurchaseTaxRateList TaxCodeConfigType AdjustmentTaxRateList"),
    },
    creatable=False,
    in_cdc=False,
)
TAX_RATE = _list_entity(
    "TaxRate",
    {
        "Description": text(4000),
        "RateValue": rate,
        **each(reference, "AgencyRef TaxReturnLineRef"),
        **each(anything, "SpecialTaxType DisplayType EffectiveTaxRate OriginalTaxRate"),
    },
    creatable=False,
    in_cdc=False,
)
TAX_AGENCY = _list_entity(
    "TaxAgency",
    {
        "DisplayName": text(100),
        **each(flag, "TaxTrackedOnSales TaxTrackedOnPurchases TaxOnlineCollected"),
        **each(anything, "TaxRegistrationNumber LastFileDate ReportingPeriod TaxAgencyConfig"),
    },
    queryable={"Id": "id", "DisplayName": "text", **_TIMES},
    rules=Rules(),
    required=("DisplayName",),
    name_list=False,
    in_cdc=False,
)
