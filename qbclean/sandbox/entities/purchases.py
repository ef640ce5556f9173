"""Bills, their payments, expenses and other money going out: totals are computed, bills keep an open balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.payment_links import applied_lines
from qbclean.sandbox.entities.spec import EntitySpec, Kind, Options, Rules
from qbclean.sandbox.entities.voiding import mark_voided
from qbclean.sandbox.shape import OpenShape, amount, computed, day, each, many, one, rate, reference, text, whole
from qbclean.sandbox.wire import ZERO, amount_of, decode_object, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_LINES = many(
    "Line",
    OpenShape(
        {
            "Id": text(30),
            "LineNum": whole,
            "Description": text(4000),
            "Amount": amount,
            "LinkedTxn": parts.LINKS,
            "LineEx": computed,
            "AccountBasedExpenseLineDetail": one(
                "AccountBasedExpenseLineDetail",
                OpenShape(each(reference, "AccountRef ClassRef CustomerRef TaxCodeRef")),
            ),
            "ItemBasedExpenseLineDetail": one(
                "ItemBasedExpenseLineDetail",
                OpenShape(
                    {**each(reference, "ItemRef ClassRef CustomerRef TaxCodeRef"), **each(rate, "Qty UnitPrice")}
                ),
            ),
        }
    ),
)
_PURCHASE = OpenShape(
    {
        **parts.OBJECT,
        "DocNumber": text(21),
        **each(day, "TxnDate DueDate"),
        "PrivateNote": text(4000),
        "Line": _LINES,
        "LinkedTxn": parts.LINKS,
        "TotalAmt": computed,
        "Balance": computed,
        "TxnTaxDetail": parts.TAX,
        **each(
            reference,
            "VendorRef AccountRef APAccountRef DepartmentRef CurrencyRef EntityRef SalesTermRef PaymentMethodRef"
            " FromAccountRef ToAccountRef BankAccountRef CreditCardAccountRef CustomerRef",
        ),
        **each(one("PaymentDetail", OpenShape(each(reference, "BankAccountRef CCAccountRef"))), "CheckPayment"),
        **each(one("PaymentDetail", OpenShape(each(reference, "BankAccountRef CCAccountRef"))), "CreditCardPayment"),
        "Amount": amount,
    }
)
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


class BillRules(PurchaseRules):
    """A bill stays open until its payments cover it."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Compute the open balance; what is paid cannot be undercut."""
        super().prepare(edit, new, old, options)
        new.setdefault("DueDate", new["TxnDate"])
        paid = amount_of(old, "TotalAmt") - amount_of(old, "Balance") if old else ZERO
        new["Balance"] = money(new["TotalAmt"] - paid)
        if new["Balance"] < 0:
            raise refusals.business(f"The total {new['TotalAmt']} is below what is already paid ({paid}).")

    def deletable(self, edit: Edit, old: Wire) -> None:  # noqa: ARG002 - the interface
        """Refuse while a payment is linked."""
        if amount_of(old, "Balance") != amount_of(old, "TotalAmt"):
            raise refusals.business("This bill is linked to a payment; unlink it before you delete it.")


class BillPaymentRules(PurchaseRules):
    """Pays bills; the total is the payer's own."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Check each line against its bill."""
        super().prepare(edit, new, old, options)
        before = applied_lines(old)
        for (entity, document_id), paid in applied_lines(new).items():
            if entity == "Bill":
                still_open = amount_of(edit.find("Bill", document_id), "Balance")
                if paid > still_open + before.get((entity, document_id), ZERO):
                    raise refusals.business(f"The amount {paid} is more than what is open on bill {document_id}.")

    def linked(self, edit: Edit, new: Wire | None, old: Wire | None) -> None:
        """Carry the change over to the bills."""
        payment_id = str((new or old or {})["Id"])
        before, after = applied_lines(old), applied_lines(new)
        for target in {**before, **after}:
            bill = edit.read("Bill", target[1]) if target[0] == "Bill" else None
            if bill is None:
                continue
            change = before.get(target, ZERO) - after.get(target, ZERO)
            bill["Balance"] = money(amount_of(bill, "Balance") + change)
            links = [link for link in bill.get("LinkedTxn") or () if link.get("TxnId") != payment_id]
            if target in after:
                links.append({"TxnId": payment_id, "TxnType": "BillPaymentCheck"})
            bill["LinkedTxn"] = links
            edit.touch("Bill", bill)

    def void(self, edit: Edit, voided: Wire) -> None:
        """Zero the payment and take its lines away."""
        voided.update({"TotalAmt": ZERO, "Line": []})
        mark_voided(edit, voided)


class MoveRules(PurchaseRules):
    """Transfers and card payments: one amount, no lines."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Check the accounts; nothing is added up."""
        super().prepare(edit, new, old, options)
        del new["TotalAmt"]


def as_transfer(card_payment: bytes) -> Wire:
    """Return a credit card payment as the transfer it can also be read as; python-quickbooks' own tests do that."""
    stored = decode_object(card_payment)
    source, target = stored.pop("BankAccountRef"), stored.pop("CreditCardAccountRef")
    return {**stored, "FromAccountRef": source, "ToAccountRef": target}


def _outgoing(name: str, required: str, rules: Rules, **queryable: Kind) -> EntitySpec:
    return EntitySpec(
        name=name,
        shape=_PURCHASE,
        queryable={
            "Id": "id",
            "DocNumber": "text",
            "TxnDate": "date",
            "TotalAmt": "amount",
            **queryable,
            "MetaData.CreateTime": "time",
            "MetaData.LastUpdatedTime": "time",
        },
        required=tuple(required.split()),
        rules=rules,
        sequence="transaction",
        dated=True,
        void="include" if name == "BillPayment" else "",
        wire_name="CreditCardPaymentTxn" if name == "CreditCardPayment" else "",
    )


PURCHASES = (
    _outgoing("Bill", "VendorRef Line", BillRules(), VendorRef="ref", DueDate="date", Balance="amount"),
    _outgoing("BillPayment", "VendorRef PayType Line", BillPaymentRules(), VendorRef="ref"),
    _outgoing("VendorCredit", "VendorRef Line", PurchaseRules(), VendorRef="ref"),
    _outgoing("Purchase", "PaymentType AccountRef Line", PurchaseRules(), PaymentType="text"),
    _outgoing("PurchaseOrder", "VendorRef Line", PurchaseRules(), VendorRef="ref"),
    _outgoing("Transfer", "Amount FromAccountRef ToAccountRef", MoveRules(), Amount="amount"),
    _outgoing("CreditCardPayment", "Amount BankAccountRef CreditCardAccountRef", MoveRules(), Amount="amount"),
)
