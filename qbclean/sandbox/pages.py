"""The pages at `/`: the company as a bookkeeper would look at it, read-only and without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec

from qbclean.sandbox import refusals
from qbclean.sandbox.api import Request
from qbclean.sandbox.audit import AuditEntry
from qbclean.sandbox.company import Company
from qbclean.sandbox.entities.payment_links import applied_lines
from qbclean.sandbox.page_frame import missing, page
from qbclean.sandbox.page_values import DOCUMENTS, link, linked_from, shown_lines, summary
from qbclean.sandbox.replies import Reply
from qbclean.sandbox.report_pages import report_page, reports_page
from qbclean.sandbox.reporting import report_names
from qbclean.sandbox.sandbox import Sandbox
from qbclean.sandbox.table import id_order
from qbclean.sandbox.wire import amount_of, decode_object

Wire = Mapping[str, Any]

_SHOWN = 100


def answer(sandbox: Sandbox, request: Request) -> Reply:  # noqa: PLR0911 - one line per page
    """Return the page a path below `/` or `/company` names; 404 for the rest, GET only."""
    if request.method not in {"GET", "HEAD"}:
        raise refusals.unsupported_operation(request.method)
    match request.segments:
        case () | ("",):
            return _overview(sandbox)
        case ("company", "customers"):
            return _customers(sandbox, request.query.get("page", "1"), request.query.get("find", ""))
        case ("company", "customers", customer_id):
            return _customer(sandbox, customer_id)
        case ("company", "documents"):
            counts = [(f"{name}s", kind, len(sandbox.company.tables[kind])) for kind, name in DOCUMENTS.items()]
            return page(sandbox, "kinds.html", "All documents", counts=counts, here="/company/documents")
        case ("company", "documents", entity) if entity in DOCUMENTS:
            return _documents(sandbox, entity, request.query.get("page", "1"), request.query.get("find", ""))
        case ("company", "documents", entity, object_id) if entity in DOCUMENTS:
            return _document(sandbox, entity, object_id)
        case ("company", "reports"):
            return reports_page(sandbox)
        case ("company", "reports", name) if name in report_names():
            return report_page(sandbox, name, request)
        case ("company", "trail"):
            return _whole_trail(sandbox, request.query.get("page", "1"))
    return missing(sandbox)


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
    return page(
        sandbox,
        "overview.html",
        "Overview",
        realm=company.realm_id,
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


def _customers(sandbox: Sandbox, asked: str, wanted: str) -> Reply:
    table = sandbox.company.tables["Customer"]
    number, names = _page_number(asked), dict(table.values("FullyQualifiedName"))
    found = [key for key in table.order if wanted.strip().casefold() in names.get(key, "")]
    shown = sorted(found, key=lambda key: names.get(key, ""))[(number - 1) * _SHOWN : number * _SHOWN]
    total = _sum(sandbox.company, "Customer", "Balance")
    customers = [_read(sandbox, "Customer", key) for key in shown]
    return page(
        sandbox,
        "customers.html",
        "Customers",
        customers=customers,
        total=total,
        count=len(found),
        all=len(table),
        page=number,
        find=wanted,
        here="/company/customers",
    )


def _customer(sandbox: Sandbox, customer_id: str) -> Reply:
    """Return a customer with everything open and the newest of each kind of document."""
    company = sandbox.company
    customer = company.document("Customer", customer_id)
    if customer is None:
        return missing(sandbox)
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
    return page(
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


def _documents(sandbox: Sandbox, entity: str, asked: str, wanted: str) -> Reply:
    number, table = _page_number(asked), sandbox.company.tables[entity]
    order = _found(sandbox, entity, wanted.strip().casefold()) if wanted.strip() else table.order
    newest = list(reversed(order))[(number - 1) * _SHOWN : number * _SHOWN]
    return page(
        sandbox,
        "documents.html",
        f"{DOCUMENTS[entity]}s",
        documents=[summary(entity, _read(sandbox, entity, key)) for key in newest],
        count=len(order),
        page=number,
        find=wanted,
        here=f"/company/documents/{entity}",
    )


def _found(sandbox: Sandbox, entity: str, wanted: str) -> list[str]:
    """Return the ids of documents whose number, or whose customer's name, has the words."""
    tables = sandbox.company.tables
    table, found = tables[entity], set[str]()
    for name in ("DocNumber", "PaymentRefNum"):
        if name in table.kinds:
            found.update(key for key, number in table.values(name) if wanted in number)
    if "CustomerRef" in table.kinds:
        people = {key for key, name in tables["Customer"].values("FullyQualifiedName") if wanted in name}
        found.update(key for key, customer in table.values("CustomerRef") if customer in people)
    return [key for key in table.order if key in found]


def _document(sandbox: Sandbox, entity: str, object_id: str) -> Reply:
    stored = sandbox.company.document(entity, object_id)
    if stored is None:
        return missing(sandbox)
    shown = summary(entity, stored)
    links = [linked_from(sandbox.company, to, (entity, object_id)) for to in stored.get("LinkedTxn") or ()]
    links += [link(sandbox.company, target, key, amount) for (target, key), amount in applied_lines(stored).items()]
    customer = sandbox.company.document("Customer", shown["customer_id"] or "") or {}
    shown["customer"] = customer.get("FullyQualifiedName") or shown["customer"]
    return page(
        sandbox,
        "document.html",
        f"{DOCUMENTS[entity]} {shown['number']}",
        document=shown,
        note=stored.get("PrivateNote"),
        due=stored.get("DueDate"),
        settled=shown["total"] - shown["open"] if "Balance" in stored else None,
        tax=amount_of(stored.get("TxnTaxDetail") or {}, "TotalTax"),
        cleared=sandbox.company.cleared(entity, object_id),
        lines=list(shown_lines(sandbox.company, stored)),
        links=links,
        trail=_trail(sandbox, (entity, object_id)),
        here=f"/company/documents/{entity}",
        raw=msgspec.json.format(sandbox.company.tables[entity].bodies[object_id], indent=2).decode(),
    )


def _whole_trail(sandbox: Sandbox, asked: str) -> Reply:
    number, count = _page_number(asked), len(sandbox.company.audit)
    trail = list(islice(reversed(sandbox.company.audit), (number - 1) * _SHOWN, number * _SHOWN))
    return page(sandbox, "trail.html", "Audit trail", trail=trail, count=count, page=number, here="/company/trail")


def _trail(sandbox: Sandbox, only: tuple[str, str]) -> list[AuditEntry]:
    """Return who changed an object, newest first."""
    wanted = (entry for entry in reversed(sandbox.company.audit) if (entry.entity, entry.id) == only)
    return list(islice(wanted, _SHOWN))


def _read(sandbox: Sandbox, entity: str, object_id: str) -> Wire:
    return decode_object(sandbox.company.tables[entity].bodies[object_id])
