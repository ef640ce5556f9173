"""Entities outside the books: stored as they come, with envelopes, queries and required fields, but no rules."""

from __future__ import annotations

from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.spec import EntitySpec, Kind
from qbclean.sandbox.shape import OpenShape, day, each, reference

_TIMES: dict[str, Kind] = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}
_SHAPE = OpenShape(
    {
        **parts.OBJECT,
        **each(day, "TxnDate AsOfDate"),
        **each(reference, "VendorRef CustomerRef EmployeeRef ItemRef ClassRef DepartmentRef"),
    }
)


def _plain(name: str, required: str, *, name_list: bool = False, **queryable: Kind) -> EntitySpec:
    return EntitySpec(
        name=name,
        shape=_SHAPE,
        queryable={"Id": "id", **queryable, **_TIMES},
        required=tuple(required.split()),
        name_list=name_list,
        deletable=not name_list,
    )


PLAIN = (
    _plain("TimeActivity", "NameOf", TxnDate="date", CustomerRef="ref", EmployeeRef="ref"),
    _plain("CustomerType", "Name", name_list=True, Name="text", Active="flag"),
    _plain("CompanyCurrency", "Code", name_list=True, Code="text", Active="flag"),
    _plain("ExchangeRate", "SourceCurrencyCode Rate AsOfDate", SourceCurrencyCode="text", AsOfDate="date"),
    _plain("Budget", "Name", Name="text", Active="flag"),
)
