"""Entities outside the books: stored as they come, with envelopes, queries and required fields, but no rules."""

from __future__ import annotations

from typing import Any

from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.spec import EntitySpec, Kind
from qbclean.sandbox.shape import OpenShape, day, each, rate, reference
from qbclean.sandbox.view import BooksView

_TIMES: dict[str, Kind] = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}
_SHAPE = OpenShape(
    {
        **parts.OBJECT,
        **each(day, "TxnDate AsOfDate"),
        **each(rate, "Rate HourlyRate CostRate"),
        **each(reference, "VendorRef CustomerRef EmployeeRef ItemRef ClassRef DepartmentRef"),
    }
)


_UNTRACKED = ("TimeActivity", "JournalCode")
"""What change data capture leaves out."""


def _plain(name: str, required: str, *, name_list: bool = False, **queryable: Kind) -> EntitySpec:
    return EntitySpec(
        name=name,
        shape=_SHAPE,
        queryable={"Id": "id", **queryable, **_TIMES},
        required=tuple(required.split()),
        name_list=name_list,
        deletable=not name_list,
        in_cdc=name not in _UNTRACKED,
    )


def with_known_identity(books: BooksView, body: dict[str, Any]) -> dict[str, Any]:
    """Return the body of an exchange rate with the Id of the one it replaces: a currency has one rate a day."""
    if body.get("Id"):
        return body
    wanted = (str(body.get("SourceCurrencyCode")).upper(), body.get("AsOfDate"))
    for known in books.documents("ExchangeRate"):
        if (known.get("SourceCurrencyCode"), known.get("AsOfDate")) == wanted:
            return {**body, "Id": known["Id"], "SyncToken": known["SyncToken"], "sparse": True}
    return {"TargetCurrencyCode": "USD", **body}


PLAIN = (
    _plain("TimeActivity", "NameOf", TxnDate="date", CustomerRef="ref", EmployeeRef="ref"),
    _plain("CustomerType", "Name", name_list=True, Name="text", Active="flag"),
    _plain("CompanyCurrency", "Code", name_list=True, Code="text", Active="flag"),
    _plain("ExchangeRate", "SourceCurrencyCode Rate AsOfDate", SourceCurrencyCode="text", AsOfDate="date"),
    _plain("Budget", "Name", Name="text", Active="flag"),
    _plain("JournalCode", "Name Type", Name="text", Type="text"),
)
