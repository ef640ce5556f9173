"""Entities outside the books: stored as they come, with envelopes, queries and required fields, but no rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.spec import EntitySpec, Kind, Options, Rules
from qbclean.sandbox.shape import OpenShape, day, each, rate, reference, words
from qbclean.sandbox.view import BooksView

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_TIMES: dict[str, Kind] = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}
_SHAPE = OpenShape(
    {
        **parts.OBJECT,
        **each(day, "TxnDate AsOfDate"),
        **each(rate, "Rate HourlyRate CostRate"),
        **each(reference, "VendorRef CustomerRef EmployeeRef ItemRef ClassRef DepartmentRef"),
        "NameOf": words("Employee", "Vendor", "Other"),
    }
)

_UNTRACKED = ("TimeActivity", "JournalCode")
"""What change data capture leaves out."""


class TimeRules(Rules):
    """Hours of somebody: whose they are is said by NameOf and the reference that goes with it."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:  # noqa: ARG002 - the interface
        """Refuse hours of nobody (2020)."""
        whose = {"Employee": "EmployeeRef", "Vendor": "VendorRef"}.get(new["NameOf"])
        if whose is not None and whose not in new:
            raise refusals.missing(whose)


def _plain(
    name: str, required: str, *, name_list: bool = False, rules: Rules | None = None, **queryable: Kind
) -> EntitySpec:
    return EntitySpec(
        name=name,
        shape=_SHAPE,
        queryable={"Id": "id", **queryable, **_TIMES},
        required=tuple(required.split()),
        rules=rules or Rules(),
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
    _plain("TimeActivity", "NameOf", rules=TimeRules(), TxnDate="date", CustomerRef="ref", EmployeeRef="ref"),
    _plain("CustomerType", "Name", name_list=True, Name="text", Active="flag"),
    _plain("CompanyCurrency", "Code", name_list=True, Code="text", Active="flag"),
    _plain("ExchangeRate", "SourceCurrencyCode Rate AsOfDate", SourceCurrencyCode="text", AsOfDate="date"),
    _plain("Budget", "Name", Name="text", Active="flag"),
    _plain("JournalCode", "Name Type", Name="text", Type="text"),
)
