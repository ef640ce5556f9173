"""The pages at `/`: the company as a bookkeeper would look at it, read-only and without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader

from qbclean.sandbox import refusals
from qbclean.sandbox.api import Request
from qbclean.sandbox.audit import AuditEntry
from qbclean.sandbox.company import Company
from qbclean.sandbox.entities.payment_links import applied_lines
from qbclean.sandbox.page_values import DOCUMENTS, line_text, link, report_rows, summary
from qbclean.sandbox.replies import HTML, Reply
from qbclean.sandbox.reporting import report_names, run
from qbclean.sandbox.sandbox import Sandbox
from qbclean.sandbox.table import id_order
from qbclean.sandbox.wire import amount_of, decode_object

Wire = Mapping[str, Any]

_SHOWN = 100
_SECURITY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "x-frame-options": "DENY",
}
_MOST_ROWS = 2_000


def answer(sandbox: Sandbox, request: Request) -> Reply:  # noqa: PLR0911 - one line per page
    """Return the page a path below `/` or `/company` names; 404 for the rest, GET only."""
    if request.method not in {"GET", "HEAD"}:
        raise refusals.unsupported_operation(request.method)
    match request.segments:
        case () | ("",):
            return _overview(sandbox)
        case ("company", "customers"):
            return _customers(sandbox, request.query.get("page", "1"))
        case ("company", "customers", customer_id):
            return _customer(sandbox, customer_id)
        case ("company", "documents"):
            kinds = [(f"{name}s", kind, len(sandbox.company.tables[kind])) for kind, name in DOCUMENTS.items()]
            return _page(sandbox, "kinds.html", "All documents", kinds=kinds, here="/company/documents")
        case ("company", "documents", entity) if entity in DOCUMENTS:
            return _documents(sandbox, entity, request.query.get("page", "1"))
        case ("company", "documents", entity, object_id) if entity in DOCUMENTS:
            return _document(sandbox, entity, object_id)
        case ("company", "reports"):
            return _page(sandbox, "reports.html", "Reports", names=report_names(), here="/company/reports")
        case ("company", "reports", name) if name in report_names():
            return _report(sandbox, name)
        case ("company", "trail"):
            return _page(sandbox, "trail.html", "Audit trail", trail=_trail(sandbox, None), here="/company/trail")
    return _missing()


def _overview(sandbox: Sandbox) -> Reply:
    company = sandbox.company
    balances = {key: balance for key, balance in company.tables["Invoice"].values("Balance") if balance}
    still_open = list(reversed(balances))
    today = company.today.isoformat()
    due = company.tables["Invoice"].values("DueDate")
    late = sum((balances[key] for key, day in due if day < today and key in balances), Decimal(0))
    unapplied = _sum(company, "Payment", "UnappliedAmt")
    unused = _sum(company, "CreditMemo", "Balance")
    total = _sum(company, "Customer", "Balance")
    shown = [summary("Invoice", _read(sandbox, "Invoice", key)) for key in still_open[:_SHOWN]]
    return _page(
        sandbox,
        "overview.html",
        "Overview",
        realm=company.realm_id,
        today=today,
        total=total,
        open_count=len(still_open),
        unapplied=unapplied,
        credits=unused,
        documents=shown,
        more=len(still_open) - len(shown),
        late=late,
        closed=company.books_closed_through,
        here="/",
    )


def _sum(company: Company, entity: str, name: str) -> Decimal:
    return sum((amount for _, amount in company.tables[entity].values(name)), Decimal(0))


def _customers(sandbox: Sandbox, asked: str) -> Reply:
    table = sandbox.company.tables["Customer"]
    page, names = _page_number(asked), dict(table.values("FullyQualifiedName"))
    shown = sorted(table.order, key=lambda key: names.get(key, ""))[(page - 1) * _SHOWN : page * _SHOWN]
    total = _sum(sandbox.company, "Customer", "Balance")
    customers = [_read(sandbox, "Customer", key) for key in shown]
    return _page(
        sandbox,
        "customers.html",
        "Customers",
        customers=customers,
        total=total,
        count=len(table),
        page=page,
        here="/company/customers",
    )


def _customer(sandbox: Sandbox, customer_id: str) -> Reply:
    """Return a customer with everything open and the newest of each kind of document."""
    company = sandbox.company
    customer = company.document("Customer", customer_id)
    if customer is None:
        return _missing()
    held = [
        (entity, key)
        for entity in DOCUMENTS
        for key in company.tables[entity].holders("CustomerRef", customer_id) or ()
    ]
    held.sort(key=lambda document: id_order(document[1]), reverse=True)
    shown = [summary(entity, _read(sandbox, entity, key)) for entity, key in held[:_SHOWN]]
    below = f"{customer.get('FullyQualifiedName', customer['DisplayName'])}:".casefold()
    names = company.tables["Customer"].values("FullyQualifiedName")
    jobs = [_read(sandbox, "Customer", key) for key, name in names if name.startswith(below)]
    return _page(
        sandbox,
        "customer.html",
        str(customer.get("FullyQualifiedName", customer["DisplayName"])),
        customer=customer,
        here="/company/customers",
        jobs=jobs,
        documents=shown,
        more=len(held) - len(shown),
        trail=_trail(sandbox, ("Customer", customer_id)),
    )


def _page_number(asked: str) -> int:
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1


def _documents(sandbox: Sandbox, entity: str, asked: str) -> Reply:
    page = _page_number(asked)
    order = sandbox.company.tables[entity].order
    newest = list(reversed(order))[(page - 1) * _SHOWN : page * _SHOWN]
    shown = [summary(entity, _read(sandbox, entity, key)) for key in newest]
    here = f"/company/documents/{entity}"
    return _page(
        sandbox, "documents.html", f"{DOCUMENTS[entity]}s", documents=shown, count=len(order), page=page, here=here
    )


def _document(sandbox: Sandbox, entity: str, object_id: str) -> Reply:
    stored = sandbox.company.document(entity, object_id)
    if stored is None:
        return _missing()
    shown = summary(entity, stored)
    links = [link(sandbox.company, to["TxnType"], to["TxnId"], None) for to in stored.get("LinkedTxn") or ()]
    links += [link(sandbox.company, target, key, amount) for (target, key), amount in applied_lines(stored).items()]
    lines = [
        {"number": line.get("LineNum", ""), "what": line_text(line), "amount": amount_of(line, "Amount")}
        for line in stored.get("Line") or ()
        if line.get("DetailType") != "SubTotalLineDetail"
    ]
    return _page(
        sandbox,
        "document.html",
        f"{DOCUMENTS[entity]} {shown['number']}",
        document=shown,
        note=stored.get("PrivateNote"),
        due=stored.get("DueDate"),
        tax=amount_of(stored.get("TxnTaxDetail") or {}, "TotalTax"),
        cleared=sandbox.company.cleared(entity, object_id),
        lines=lines,
        links=links,
        trail=_trail(sandbox, (entity, object_id)),
        here=f"/company/documents/{entity}",
        raw=msgspec.json.format(sandbox.company.tables[entity].bodies[object_id], indent=2).decode(),
    )


def _report(sandbox: Sandbox, name: str) -> Reply:
    report = run(sandbox.company, name, {})
    header = report.get("Header", {})
    columns = [
        {"title": column.get("ColTitle", ""), "money": column.get("ColType") == "Money"}
        for column in report.get("Columns", {}).get("Column", ())
    ]
    rows = list(report_rows(report.get("Rows", {}).get("Row", ()), 0))
    cut = max(0, len(rows) - _MOST_ROWS)
    period = " to ".join(str(header[key]) for key in ("StartPeriod", "EndPeriod") if header.get(key))
    return _page(
        sandbox,
        "report.html",
        name,
        columns=columns,
        rows=rows[:_MOST_ROWS],
        period=period,
        cut=cut,
        here="/company/reports",
    )


def _trail(sandbox: Sandbox, only: tuple[str, str] | None) -> list[AuditEntry]:
    """Return who changed what, newest first; of one object or of all."""
    entries = reversed(sandbox.company.audit)
    wanted = (entry for entry in entries if only is None or (entry.entity, entry.id) == only)
    return list(islice(wanted, _SHOWN))


def _read(sandbox: Sandbox, entity: str, object_id: str) -> Wire:
    return decode_object(sandbox.company.tables[entity].bodies[object_id])


def _page(sandbox: Sandbox, template: str, title: str, **shown: Any) -> Reply:
    company = sandbox.company.company_info.get("CompanyName", "Company")
    text = (
        _environment()
        .get_template(template)
        .render(title=title, company=company, kinds=shown.pop("kinds", DOCUMENTS), **shown)
    )
    return Reply(body=text.encode(), content_type=HTML, headers=_SECURITY)


def _missing() -> Reply:
    return Reply(status=404, body=b"<!doctype html><title>Not found</title><h1>Not found</h1>", content_type=HTML)


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("qbclean.sandbox"), autoescape=True)
    environment.filters["grouped"] = lambda text: f"{Decimal(text):,}" if text else text
    environment.filters["money"] = lambda amount: f"{Decimal(amount or 0):,.2f}"
    return environment
