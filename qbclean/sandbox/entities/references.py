"""References of a document to list entries: they must exist and be active, unless the document had them before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_HEADER = {
    "CustomerRef": "Customer",
    "SalesTermRef": "Term",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
    "PaymentMethodRef": "PaymentMethod",
    "DepositToAccountRef": "Account",
    "ARAccountRef": "Account",
}


def check_references(edit: Edit, new: Wire, old: Wire | None) -> None:
    """Check the header's references and fill in their names. Raises 2500 for unknown, 610 for inactive ones."""
    for name, entity in _HEADER.items():
        reference = new.get(name)
        if not reference:
            continue
        before = (old or {}).get(name) or {}
        if before.get("value") != reference["value"]:
            edit.referred(entity, new, name)
        elif "name" not in reference and "name" in before:
            reference["name"] = before["name"]
    account = new.get("DepositToAccountRef")
    if account and account["value"] != ((old or {}).get("DepositToAccountRef") or {}).get("value"):
        _check_money_account(edit, account["value"])
        account.pop("name", None)


def _check_money_account(edit: Edit, account_id: str) -> None:
    account = edit.find("Account", account_id)
    if account.get("AccountType") not in {"Bank", "Other Current Asset", "Credit Card"}:
        raise refusals.ApiFault(
            "6430",
            "Invalid account type used",
            f"Invalid account type: {account.get('AccountType')} used. Money is kept in a bank or other current asset"
            " account.",
            "DepositToAccountRef",
        )


def undeposited_funds(edit: Edit) -> dict[str, str]:
    """Return the reference of the Undeposited Funds account. Raises 6000 where the company has none."""
    for account in edit.company.tables["Account"].objects():
        if account.get("AccountSubType") == "UndepositedFunds":
            return {"value": account["Id"]}
    raise refusals.business("The company has no Undeposited Funds account; name a DepositToAccountRef.")
