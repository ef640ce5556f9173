"""The reports as pages: a list in a bookkeeper's order, and each report with its dates, basis and columns to choose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from qbclean.sandbox.api import Request
from qbclean.sandbox.page_frame import in_words, page
from qbclean.sandbox.page_values import DOCUMENTS
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.replies import Reply
from qbclean.sandbox.reporting import report_names, run
from qbclean.sandbox.sandbox import Sandbox

Wire = Mapping[str, Any]

_HERE = "/company/reports"
_MOST_ROWS = 2_000
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_GROUPS = {
    "Who owes you": "CustomerBalance CustomerBalanceDetail AgedReceivables AgedReceivableDetail",
    "Statements": "BalanceSheet ProfitAndLoss ProfitAndLossDetail TrialBalance CashFlow",
    "Sales": "CustomerIncome CustomerSales ItemSales ClassSales DepartmentSales",
    "Every transaction": "TransactionList TransactionListByCustomer TransactionListWithSplits GeneralLedger"
    " JournalReport AccountList",
    "Whom you owe": "VendorBalance VendorBalanceDetail AgedPayables AgedPayableDetail VendorExpenses"
    " TransactionListByVendor",
}
_AS_OF = frozenset(
    f"{_GROUPS['Who owes you']} BalanceSheet TrialBalance VendorBalance VendorBalanceDetail AgedPayables"
    " AgedPayableDetail".split()
)
_BOTH_BASES = frozenset(
    ["BalanceSheet", "ProfitAndLoss", "ProfitAndLossDetail", "TrialBalance", "GeneralLedger", "CustomerIncome"]
)
_SPLIT_BY = {
    "ProfitAndLoss": ("Total", "Month", "Quarter", "Year", "Customers", "Classes"),
    "BalanceSheet": ("Total", "Month", "Quarter", "Year"),
}


def reports_page(sandbox: Sandbox) -> Reply:
    """Return the list of all reports."""
    groups = {title: names.split() for title, names in _GROUPS.items()}
    told = {name for names in groups.values() for name in names}
    groups["Others"] = [name for name in report_names() if name not in told]
    return page(sandbox, "reports.html", "Reports", groups=groups, here=_HERE)


def report_page(sandbox: Sandbox, name: str, request: Request) -> Reply:
    """Return one report, run with the page's own query; one that cannot be run says why (400)."""
    asked = {key: value for key, value in request.query.items() if value}
    form: dict[str, Any] = {
        "dates": (("report_date", "As of"),) if name in _AS_OF else (("start_date", "From"), ("end_date", "To")),
        "bases": name in _BOTH_BASES,
        "splits": _SPLIT_BY.get(name, ()),
        "asked": asked,
        "shown": {},
        "api_name": name,
        "here": _HERE,
    }
    title = in_words(name)
    try:
        report = run(sandbox.company, name, request.query)
    except ApiFault as refused:
        return page(sandbox, "report.html", title, status=400, refused=refused.detail, rows=(), columns=(), **form)
    header = report.get("Header", {})
    form["shown"] = {
        "start_date": header.get("StartPeriod"),
        "end_date": header.get("EndPeriod"),
        "report_date": header.get("EndPeriod"),
    }
    columns = [
        {"title": column.get("ColTitle", ""), "money": column.get("ColType") == "Money"}
        for column in report.get("Columns", {}).get("Column", ())
    ]
    rows = list(_rows(sandbox, report.get("Rows", {}).get("Row", ()), 0, [column["money"] for column in columns]))
    return page(
        sandbox,
        "report.html",
        title,
        columns=columns,
        rows=rows[:_MOST_ROWS],
        cut=max(0, len(rows) - _MOST_ROWS),
        period=" to ".join(str(header[key]) for key in ("StartPeriod", "EndPeriod") if header.get(key)),
        basis=header.get("ReportBasis", ""),
        **form,
    )


def _rows(sandbox: Sandbox, rows: list[Wire], depth: int, money: list[bool]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a report and its sections; cells that name a customer or a document lead there."""
    for row in rows:
        for part in ("Header", "ColData", "Rows", "Summary"):
            content = row.get(part)
            if part == "Rows" and content:
                yield from _rows(sandbox, content.get("Row", ()), depth + 1, money)
            elif content:
                cells = content if isinstance(content, list) else content.get("ColData", ())
                yield {
                    "cells": [
                        {
                            "text": cell.get("value", ""),
                            "date": bool(_DATE.fullmatch(cell.get("value", ""))),
                            "money": bool(place) and place < len(money) and money[place],
                            "to": _target(sandbox, cell),
                        }
                        for place, cell in enumerate(cells)
                    ],
                    "depth": depth,
                    "total": part == "Summary",
                }


def _target(sandbox: Sandbox, cell: Wire) -> str | None:
    """Return the page of the customer or document a cell names, None where it names none."""
    object_id, text = str(cell.get("id") or ""), str(cell.get("value") or "")
    if not object_id:
        return None
    customer = sandbox.company.document("Customer", object_id)
    if customer is not None and text in {customer.get("DisplayName"), customer.get("FullyQualifiedName")}:
        return f"/company/customers/{object_id}"
    entity = next((kind for kind in DOCUMENTS if kind.casefold() == text.replace(" ", "").casefold()), None)
    if entity is not None and object_id in sandbox.company.tables[entity]:
        return f"/company/documents/{entity}/{object_id}"
    return None
