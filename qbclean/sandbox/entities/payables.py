"""The rules of bills, vendor credits and bill payments: totals, open balances, and the links between them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities.payment_links import Target, applied_lines
from qbclean.sandbox.entities.spec import Options, Rules
from qbclean.sandbox.entities.voiding import mark_voided
from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]


def open_amount(document: Mapping[str, Any]) -> Decimal:
    """Return what is open of a bill or vendor credit; one that a folder brings without a Balance is open in full."""
    return amount_of(document, "Balance" if "Balance" in document else "TotalAmt")


def unused_money(payment: Mapping[str, Any]) -> Decimal:
    """Return what a bill payment has beyond its bills: its total and credits less what they pay."""
    rest = amount_of(payment, "TotalAmt")
    for (entity, _), amount in applied_lines(payment).items():
        if entity == "VendorCredit":
            rest += amount
        elif entity == "Bill":
            rest -= amount
    return rest


_REFERENCES = {
    "VendorRef": "Vendor",
    "AccountRef": "Account",
    "APAccountRef": "Account",
    "FromAccountRef": "Account",
    "ToAccountRef": "Account",
    "BankAccountRef": "Account",
    "CreditCardAccountRef": "Account",
}


class PurchaseRules(Rules):
    """References are checked, lines numbered and added up."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:  # noqa: ARG002 - the interface
        """Complete lines and total."""
        for name, entity in _REFERENCES.items():
            if (new.get(name) or {}).get("value") != ((old or {}).get(name) or {}).get("value"):
                edit.referred(entity, new, name)
        new.setdefault("TxnDate", edit.company.today.isoformat())
        lines = new.get("Line") or []
        for number, line in enumerate(lines, start=1):
            line.setdefault("Id", str(number))
            if "Amount" not in line:
                raise refusals.missing("Amount")
        tax = amount_of(new.get("TxnTaxDetail") or {}, "TotalTax")
        new["TotalAmt"] = money(sum((amount_of(line, "Amount") for line in lines), ZERO) + tax)

    def defaults(self, edit: Edit, new: Wire) -> None:  # noqa: ARG002 - the interface
        """Fill the currency."""
        new.setdefault("CurrencyRef", {"value": "USD", "name": "United States Dollar"})


class OpenPayableRules(PurchaseRules):
    """Bill and VendorCredit: they stay open until bill payments use them up."""

    def __init__(self, told: str) -> None:
        self.told = told

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Compute the open balance; what is used cannot be undercut."""
        super().prepare(edit, new, old, options)
        used = amount_of(old, "TotalAmt") - open_amount(old) if old else ZERO
        new["Balance"] = money(new["TotalAmt"] - used)
        if new["Balance"] < 0:
            raise refusals.business(f"The total {new['TotalAmt']} is below what is already paid ({used}).")
        if used and old and old["VendorRef"]["value"] != new["VendorRef"]["value"]:
            raise refusals.business("The vendor of a transaction with linked payments cannot be changed.")

    def deletable(self, edit: Edit, old: Wire) -> None:  # noqa: ARG002 - the interface
        """Refuse while a payment is linked."""
        if open_amount(old) != amount_of(old, "TotalAmt"):
            raise refusals.business(f"This {self.told} is linked to a payment; unlink it before you delete it.")


class BillRules(OpenPayableRules):
    """A bill is also due some day."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Fill in the due date."""
        super().prepare(edit, new, old, options)
        new.setdefault("DueDate", new["TxnDate"])


class BillPaymentRules(PurchaseRules):
    """Pays bills with money, with the vendor's credits, or with both; the total is the payer's own."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Check each line against what it points at, and the total against the lines."""
        total = new.get("TotalAmt")
        super().prepare(edit, new, old, options)
        if old is None or "Line" in options.sent:
            before = applied_lines(old)
            new["Line"] = [line for line in new["Line"] if _accepted(edit, new, line, before)]
        needed = -unused_money({**new, "TotalAmt": ZERO})
        new["TotalAmt"] = max(needed, ZERO) if total is None else total
        if new["TotalAmt"] < needed:
            told = f"The lines come to {needed}, which is more than the payment of {total} and its credits."
            raise refusals.business(told, "TotalAmt")
        if old is None and not new["Line"]:  # seen for the payment of a bill that was already paid
            self.void(edit, new)

    def linked(self, edit: Edit, new: Wire | None, old: Wire | None) -> None:
        """Carry the change over to the bills and credits."""
        payment = new or old or {}
        kind = "BillPaymentCreditCard" if payment.get("PayType") == "CreditCard" else "BillPaymentCheck"
        before, after = applied_lines(old), applied_lines(new)
        for target in {**before, **after}:
            document = edit.read(*target) if target[0] in {"Bill", "VendorCredit"} else None
            if document is None or (before.get(target) == after.get(target)):
                continue
            change = before.get(target, ZERO) - after.get(target, ZERO)
            document["Balance"] = money(open_amount(document) + change)
            links = [link for link in document.get("LinkedTxn") or () if link.get("TxnId") != payment["Id"]]
            if target in after:
                links.append({"TxnId": str(payment["Id"]), "TxnType": kind})
            document["LinkedTxn"] = links
            edit.touch(target[0], document)

    def void(self, edit: Edit, voided: Wire) -> None:
        """Zero the payment and take its lines away."""
        voided.update({"TotalAmt": ZERO, "Line": []})
        mark_voided(edit, voided)


def _accepted(edit: Edit, new: Wire, line: Wire, before: dict[Target, Decimal]) -> bool:
    """Return whether a line of a bill payment is kept; one for a bill already paid is dropped (quirk `paid_bill`)."""
    for link in line.get("LinkedTxn") or ():
        for part in ("TxnId", "TxnType"):
            if part not in link:
                raise refusals.missing(part)
    for (entity, document_id), paid in applied_lines({"Line": [line]}).items():
        if entity not in {"Bill", "VendorCredit"}:
            continue
        document = edit.find(entity, document_id)
        if document["VendorRef"]["value"] != new["VendorRef"]["value"]:
            raise refusals.business(f"{entity} {document_id} is another vendor's.", "VendorRef")
        still_open = open_amount(document) + before.get((entity, document_id), ZERO)
        if not still_open and edit.company.quirks["paid_bill"] == "void":
            return False
        if paid > still_open:
            raise refusals.business(f"The amount {paid} is more than what is open on {entity} {document_id}.")
    return True
