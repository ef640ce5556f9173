"""Bills, their payments, expenses and other money going out: what they are made of, and the totals of most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.payables import BillPaymentRules, BillRules, OpenPayableRules, PurchaseRules
from qbclean.sandbox.entities.spec import EntitySpec, Kind, Options, Rules
from qbclean.sandbox.shape import OpenShape, amount, computed, day, each, many, one, rate, reference, text, whole, words
from qbclean.sandbox.wire import decode_object

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
_FIELDS = {
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
    "PaymentType": words("Cash", "Check", "CreditCard"),
    "PayType": words("Check", "CreditCard"),
}
_PURCHASE = OpenShape(_FIELDS)
_BILL_PAYMENT = OpenShape({**_FIELDS, "TotalAmt": amount})


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
        shape=_BILL_PAYMENT if name == "BillPayment" else _PURCHASE,
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
    _outgoing("Bill", "VendorRef Line", BillRules("bill"), VendorRef="ref", DueDate="date", Balance="amount"),
    _outgoing("BillPayment", "VendorRef PayType Line", BillPaymentRules(), VendorRef="ref"),
    _outgoing("VendorCredit", "VendorRef Line", OpenPayableRules("vendor credit"), VendorRef="ref", Balance="amount"),
    _outgoing("Purchase", "PaymentType AccountRef Line", PurchaseRules(), PaymentType="text"),
    _outgoing("PurchaseOrder", "VendorRef Line", PurchaseRules(), VendorRef="ref"),
    _outgoing("Transfer", "Amount FromAccountRef ToAccountRef", MoveRules(), Amount="amount"),
    _outgoing("CreditCardPayment", "Amount BankAccountRef CreditCardAccountRef", MoveRules(), Amount="amount"),
)
