"""Entities outside receivables: stored as they come, with envelopes, queries and required fields, but no rules."""

from __future__ import annotations

from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.spec import EntitySpec, Kind
from qbclean.sandbox.shape import Reader, anything, computed, day, reference, text

_TIMES: dict[str, Kind] = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}


class AnyField(dict[str, Reader]):
    """A shape that has every property: known ones are read, the rest is kept as it comes."""

    def get(self, name: str, default: Reader | None = None) -> Reader | None:  # type: ignore[override]
        """Return the reader of a property."""
        return super().get(name, default or anything)


def _plain(
    name: str,
    required: str,
    *,
    queryable: dict[str, Kind] | None = None,
    money: bool = False,
    void: bool = False,
    name_list: bool = False,
) -> EntitySpec:
    shape = AnyField(
        {
            **parts.OBJECT,
            "DocNumber": text(21),
            "TxnDate": day,
            "PrivateNote": text(4000),
            **dict.fromkeys(("VendorRef", "CustomerRef", "AccountRef"), reference),
            **({"TotalAmt": computed} if money else {}),
        }
    )
    transaction: dict[str, Kind] = {"DocNumber": "text", "TxnDate": "date", "TotalAmt": "amount"} if money else {}
    return EntitySpec(
        name=name,
        shape=shape,
        queryable={"Id": "id", **transaction, **(queryable or {}), **_TIMES},
        required=tuple(required.split()),
        sequence="transaction" if money else "",
        dated=money,
        void="include" if void else "",
        name_list=name_list,
        deletable=not name_list,
    )


PLAIN = (
    _plain(
        "Bill", "VendorRef Line", money=True, queryable={"VendorRef": "ref", "DueDate": "date", "Balance": "amount"}
    ),
    _plain("BillPayment", "VendorRef PayType Line", money=True, void=True, queryable={"VendorRef": "ref"}),
    _plain("VendorCredit", "VendorRef Line", money=True, queryable={"VendorRef": "ref"}),
    _plain("Purchase", "PaymentType AccountRef Line", money=True, queryable={"PaymentType": "text"}),
    _plain("PurchaseOrder", "VendorRef Line", money=True, queryable={"VendorRef": "ref"}),
    _plain("Transfer", "Amount FromAccountRef ToAccountRef", money=True, queryable={"Amount": "amount"}),
    _plain("CreditCardPayment", "Amount BankAccountRef CreditCardAccountRef", money=True),
    _plain("TimeActivity", "NameOf", queryable={"TxnDate": "date", "CustomerRef": "ref", "EmployeeRef": "ref"}),
    _plain("CustomerType", "Name", queryable={"Name": "text", "Active": "flag"}, name_list=True),
    _plain("CompanyCurrency", "Code", queryable={"Code": "text", "Active": "flag"}, name_list=True),
    _plain(
        "ExchangeRate", "SourceCurrencyCode Rate AsOfDate", queryable={"SourceCurrencyCode": "text", "AsOfDate": "date"}
    ),
    _plain("Budget", "Name", queryable={"Name": "text", "Active": "flag"}),
    _plain("RecurringTransaction", ""),
)
