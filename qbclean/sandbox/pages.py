"""The pages at `/`: the company as a bookkeeper would look at it, read-only and without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader

from qbclean.sandbox import refusals
from qbclean.sandbox.api import Request
from qbclean.sandbox.entities.payment_links import applied_lines
from qbclean.sandbox.entities.voiding import is_voided
from qbclean.sandbox.replies import HTML, Reply
from qbclean.sandbox.reporting import report_names, run
from qbclean.sandbox.sandbox import Sandbox
from qbclean.sandbox.table import id_order
from qbclean.sandbox.wire import amount_of, decode_object

Wire = Mapping[str, Any]

_SHOWN = 100
_SECURITY = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'", "x-frame-options": "DENY"}
_DOCUMENTS = (
    "Invoice",
    "Payment",
    "CreditMemo",
    "Deposit",
    "SalesReceipt",
    "RefundReceipt",
    "Estimate",
    "JournalEntry",
    "Bill",
    "BillPayment",
)


def answer(sandbox: Sandbox, request: Request) -> Reply:  # noqa: PLR0911 - one line per page
    """Return the page a path below `/` or `/company` names; 404 for the rest, GET only."""
    if request.method not in {"GET", "HEAD"}:
        raise refusals.unsupported_operation(request.method)
    match request.segments:
        case () | ("",):
            return _overview(sandbox)
        case ("company", "customers"):
            return _customers(sandbox)
        case ("company", "documents", entity) if entity in _DOCUMENTS:
            return _documents(sandbox, entity, request.query.get("page", "1"))
        case ("company", "documents", entity, object_id) if entity in _DOCUMENTS:
            return _document(sandbox, entity, object_id)
        case ("company", "reports"):
            return _page(sandbox, "reports.html", "Reports", names=report_names())
        case ("company", "reports", name) if name in report_names():
            return _report(sandbox, name)
        case ("company", "trail"):
            return _page(sandbox, "trail.html", "Audit trail", trail=_trail(sandbox, None))
    return _missing()


def _overview(sandbox: Sandbox) -> Reply:
    company = sandbox.company
    balances = company.tables["Invoice"].column("Balance")
    still_open = sorted((key for key, balance in balances.items() if balance), key=id_order, reverse=True)
    unapplied = sum(
        (amount_of(payment, "UnappliedAmt") for payment in company.tables["Payment"].raw_objects()), Decimal(0)
    )
    unused = sum(
        (balance for balance in company.tables["CreditMemo"].column("Balance").values() if balance), Decimal(0)
    )
    total = sum((balance for balance in company.tables["Customer"].column("Balance").values() if balance), Decimal(0))
    shown = [_summary("Invoice", _read(sandbox, "Invoice", key)) for key in still_open[:_SHOWN]]
    return _page(
        sandbox,
        "overview.html",
        "Overview",
        realm=company.realm_id,
        today=company.today.isoformat(),
        total=total,
        open_count=len(still_open),
        unapplied=unapplied,
        credits=unused,
        documents=shown,
        more=len(still_open) - len(shown),
    )


def _customers(sandbox: Sandbox) -> Reply:
    customers = [
        {
            "name": customer.get("FullyQualifiedName", customer.get("DisplayName", "")),
            "balance": amount_of(customer, "Balance"),
            "with_jobs": amount_of(customer, "BalanceWithJobs"),
        }
        for customer in sandbox.company.tables["Customer"].raw_objects()
    ]
    customers.sort(key=lambda customer: str(customer["name"]).casefold())
    total = sum((customer["balance"] for customer in customers), Decimal(0))
    return _page(sandbox, "customers.html", "Customers", customers=customers, total=total)


def _documents(sandbox: Sandbox, entity: str, asked: str) -> Reply:
    page = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    order = sandbox.company.tables[entity].order
    newest = list(reversed(order))[(page - 1) * _SHOWN : page * _SHOWN]
    shown = [_summary(entity, _read(sandbox, entity, key)) for key in newest]
    return _page(sandbox, "documents.html", entity, documents=shown, count=len(order), page=page)


def _document(sandbox: Sandbox, entity: str, object_id: str) -> Reply:
    stored = sandbox.company.document(entity, object_id)
    if stored is None:
        return _missing()
    summary = _summary(entity, stored)
    links: list[dict[str, Any]] = [
        {"entity": link["TxnType"], "id": link["TxnId"], "amount": None} for link in stored.get("LinkedTxn") or ()
    ]
    links += [
        {"entity": target, "id": key, "amount": amount} for (target, key), amount in applied_lines(stored).items()
    ]
    lines = [
        {
            "number": line.get("LineNum", ""),
            "what": line.get("Description") or line.get("DetailType", "Applied"),
            "amount": amount_of(line, "Amount"),
        }
        for line in stored.get("Line") or ()
    ]
    return _page(
        sandbox,
        "document.html",
        f"{entity} {summary['number']}",
        document=summary,
        note=stored.get("PrivateNote"),
        lines=lines,
        links=links,
        trail=_trail(sandbox, (entity, object_id)),
        raw=msgspec.json.format(sandbox.company.tables[entity].bodies[object_id], indent=2).decode(),
    )


def _report(sandbox: Sandbox, name: str) -> Reply:
    report = run(sandbox.company, name, {})
    header = report.get("Header", {})
    columns = [
        {"title": column.get("ColTitle", ""), "money": column.get("ColType") == "Money"}
        for column in report.get("Columns", {}).get("Column", ())
    ]
    rows = list(_rows(report.get("Rows", {}).get("Row", ()), 0))
    period = " to ".join(str(header[key]) for key in ("StartPeriod", "EndPeriod") if header.get(key))
    return _page(sandbox, "report.html", name, columns=columns, rows=rows, period=period)


def _rows(rows: list[Wire], depth: int) -> Iterator[dict[str, Any]]:
    for row in rows:
        for part, total in (("Header", False), ("ColData", False), ("Rows", False), ("Summary", True)):
            content = row.get(part)
            if part == "Rows" and content:
                yield from _rows(content.get("Row", ()), depth + 1)
            elif content:
                cells = content if isinstance(content, list) else content.get("ColData", ())
                yield {"cells": [cell.get("value", "") for cell in cells], "depth": depth, "total": total}


def _trail(sandbox: Sandbox, only: tuple[str, str] | None) -> list[dict[str, Any]]:
    """Return the writes that arrived, newest first; of one document those whose body names its id."""
    found: list[dict[str, Any]] = []
    for entry in reversed(sandbox.requests):
        word = str(entry["path"]).rsplit("/", 1)[-1]
        if entry["method"] != "POST" or "/v3/company/" not in entry["path"] or word == "query":
            continue
        if only and (word != only[0].lower() or f'"Id": "{only[1]}"' not in str(entry["body"]).replace('":"', '": "')):
            continue
        shown = {"who": "connected app", "request": f"{word}?{entry['query']}", "what": str(entry["body"])[:160]}
        found.append({**shown, "time": entry["time"], "status": entry["status"] or "cut off"})
        if len(found) == _SHOWN:
            break
    return found


def _summary(entity: str, stored: Wire) -> dict[str, Any]:
    return {
        "entity": entity,
        "id": stored["Id"],
        "date": stored.get("TxnDate", ""),
        "number": stored.get("DocNumber") or stored.get("PaymentRefNum") or f"#{stored['Id']}",
        "customer": (stored.get("CustomerRef") or stored.get("VendorRef") or {}).get("name", ""),
        "total": amount_of(stored, "TotalAmt"),
        "open": amount_of(stored, "UnappliedAmt" if entity == "Payment" else "Balance"),
        "void": is_voided(stored),
    }


def _read(sandbox: Sandbox, entity: str, object_id: str) -> Wire:
    return decode_object(sandbox.company.tables[entity].bodies[object_id])


def _page(sandbox: Sandbox, template: str, title: str, **shown: Any) -> Reply:
    company = sandbox.company.company_info.get("CompanyName", "Company")
    text = _environment().get_template(template).render(title=title, company=company, **shown)
    return Reply(body=text.encode(), content_type=HTML, headers=_SECURITY)


def _missing() -> Reply:
    return Reply(status=404, body=b"<!doctype html><title>Not found</title><h1>Not found</h1>", content_type=HTML)


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("qbclean.sandbox"), autoescape=True)
    environment.filters["money"] = lambda amount: f"{Decimal(amount):,.2f}"
    return environment
