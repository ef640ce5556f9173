"""A check of four sales to render: its plan and its reconciliation."""

from __future__ import annotations

from decimal import Decimal

from qbclean.model.plan import Plan
from qbclean.model.reconciliation import Reconciliation
from tests.builders import DAY, a_customer, a_payment, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_payment, plan_of, the_crm
from tests.unit.reconcile.answers import reconciled


def a_check(name: str = "Harbor Lane Bakery") -> tuple[Plan, Reconciliation]:
    """One agreed sale, one copy of it, one that is missing, and a payment that is not applied."""
    books = a_snapshot(
        an_invoice(),
        an_invoice("302", number="1043", total="2500.00"),
        an_invoice("303", number="1044", total="2500.00"),
        a_payment(),
        customers=(a_customer("58", name),),
    )
    crm = the_crm(
        a_crm_invoice(name=name, status="paid", balance=Decimal("0.00")),
        a_crm_invoice("I-2", number="1043", total="2500.00", name=name),
        a_crm_invoice("I-3", number="77", total="310.00", name=name, date=DAY.replace(month=1)),
        a_crm_payment(pays={"I-1": "100.00"}),
    )
    return plan_of(books, crm), reconciled(books, crm)
