"""The CRM's side of a test company, and the plan that both sides give.

Records default to one sale of 100.00 to "Harbor Lane Bakery" (customer C-1, QuickBooks customer 58) on `DAY`, so that
`an_invoice()` and `a_crm_invoice()` are twins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from qbclean.model.action import ActionKind, PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import (
    CrmApplication,
    CrmCredit,
    CrmCustomer,
    CrmInvoice,
    CrmJob,
    CrmLine,
    CrmPayment,
    CrmRecord,
    CrmRecords,
    CrmRefund,
)
from qbclean.model.lists import AccountingInfoPrefs, Preferences
from qbclean.model.money import money
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from qbclean.workflow.propose import build_plan
from tests.builders import DAY
from tests.lists import PREFERENCES

AS_OF = dt.date(2026, 4, 1)
NAME = "Harbor Lane Bakery"


def a_crm_line(
    amount: str = "100.00", *, item: str | None = "Labor", description: str | None = "Labor", taxable: bool = False
) -> CrmLine:
    return CrmLine(amount=money(amount), item=item, description=description, taxable=taxable)


def a_crm_invoice(
    id: str = "I-1",  # noqa: A002 - the CRM's own word, as in tests.builders
    *,
    number: str | None = "1042",
    total: str = "100.00",
    tax: str = "0.00",
    date: dt.date | None = DAY,
    customer: str | None = "C-1",
    name: str = NAME,
    status: str = "open",
    lines: Sequence[CrmLine] | None = None,
    **fields: Any,
) -> CrmInvoice:
    """A sent invoice. `total` includes `tax`; without `lines` one line holds the rest, taxable if there is tax."""
    net = money(total) - money(tax)
    given: dict[str, Any] = {
        "crm_id": id,
        "number": number,
        "customer_id": customer,
        "customer_name": name,
        "date": date,
        "status": status,
        "subtotal": net,
        "tax": money(tax),
        "total": money(total),
        "lines": tuple(lines) if lines is not None else (a_crm_line(str(net), taxable=money(tax) != 0),),
    }
    return CrmInvoice(**{**given, **fields})


def a_crm_payment(
    id: str = "P-1",  # noqa: A002
    *,
    amount: str = "100.00",
    pays: Mapping[str, str] | None = None,
    date: dt.date = DAY,
    customer: str | None = "C-1",
    reference: str | None = "CHK 7714",
    **fields: Any,
) -> CrmPayment:
    """A payment; `pays` CRM invoice id → amount."""
    applied = tuple(CrmApplication(invoice_id=key, amount=money(part)) for key, part in (pays or {}).items())
    given: dict[str, Any] = {
        "crm_id": id,
        "customer_id": customer,
        "date": date,
        "amount": money(amount),
        "reference": reference,
        "applied": applied,
    }
    return CrmPayment(**{**given, **fields})


def a_crm_credit(
    id: str = "CR-1",  # noqa: A002
    *,
    amount: str = "40.00",
    invoice: str | None = "I-1",
    number: str | None = "CM-118",
    date: dt.date = DAY,
    customer: str | None = "C-1",
    **fields: Any,
) -> CrmCredit:
    given: dict[str, Any] = {
        "crm_id": id,
        "customer_id": customer,
        "date": date,
        "amount": money(amount),
        "invoice_id": invoice,
        "number": number,
        "reason": "goodwill",
    }
    return CrmCredit(**{**given, **fields})


def a_crm_customer(id: str = "C-1", name: str = NAME, **fields: Any) -> CrmCustomer:  # noqa: A002
    return CrmCustomer(**{"crm_id": id, "name": name, **fields})


def the_crm(*records: CrmRecord) -> CrmRecords:
    """An export of `records`, customers that invoices name included."""
    invoices = tuple(record for record in records if isinstance(record, CrmInvoice))
    customers = {record.crm_id: record for record in records if isinstance(record, CrmCustomer)}
    for invoice in invoices:
        if invoice.customer_id:
            customers.setdefault(invoice.customer_id, a_crm_customer(invoice.customer_id, invoice.customer_name))
    return CrmRecords(
        customers=tuple(customers.values()),
        jobs=tuple(record for record in records if isinstance(record, CrmJob)),
        invoices=invoices,
        payments=tuple(record for record in records if isinstance(record, CrmPayment)),
        credits=tuple(record for record in records if isinstance(record, CrmCredit)),
        refunds=tuple(record for record in records if isinstance(record, CrmRefund)),
    )


# ------------------------------------------------------------------ settings and plans
def closed_through(day: dt.date) -> Preferences:
    """Preferences of a company whose books are closed through `day`."""
    return msgspec.structs.replace(PREFERENCES, accounting_info_prefs=AccountingInfoPrefs(book_close_date=day))


def plan_of(
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    settings: CompanySettings | None = None,
    *,
    as_of: dt.date = AS_OF,
    only: Collection[str] = (),
) -> Plan:
    return build_plan(books, crm, settings or CompanySettings(), as_of=as_of, tool="qbclean test", only=only)


def actions(plan: Plan, kind: ActionKind | None = None) -> list[PlannedAction]:
    """The plan's actions in its order, of one kind or of all."""
    return [action for action in plan.actions if kind in (None, action.kind)]


def only_action(plan: Plan, kind: ActionKind | None = None) -> PlannedAction:
    """The one action (of `kind`) the plan has; fails when there is none or more."""
    (found,) = actions(plan, kind)
    return found


def requesting(plan: Plan) -> Iterator[PlannedAction]:
    """Actions that would write something if approved."""
    return (action for action in plan.actions if action.requests)


def kinds_and_tiers(plan: Plan) -> list[tuple[str, str]]:
    """(kind, tier) of every action, in the plan's order."""
    return [(action.kind, action.tier) for action in plan.actions]
