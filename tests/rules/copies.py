"""One sale booked twice: the books in which the rules about duplicates are tried."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from qbclean.model.documents import AnyDocument, Invoice, MetaData
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from tests.builders import INSTANT, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_payment, plan_of, the_crm

SALE = date(2026, 2, 28)


def entered(*, days: float = 0, seconds: int = 0) -> MetaData:
    """Created that long after the first copy; days apart is a hand entry, seconds a double sync."""
    when = INSTANT + timedelta(days=days, seconds=seconds)
    return MetaData(create_time=when, last_updated_time=when)


def first_copy(**fields: Any) -> Invoice:
    """Invoice 301, number 1042: what the CRM sent over."""
    return an_invoice(**{"id": "301", "date": SALE, "total": "5400.00", "meta_data": entered(), **fields})


def second_copy(**fields: Any) -> Invoice:
    """Invoice 302, number 1043, typed in by hand four days later under the same date."""
    return an_invoice(
        **{"id": "302", "number": "1043", "date": SALE, "total": "5400.00", "meta_data": entered(days=4), **fields}
    )


def plan_for(*documents: AnyDocument, settings: CompanySettings | None = None, sale: Any = None, **fields: Any) -> Plan:
    """The plan for books with `documents` and a CRM that knows one sale, number 1042 of 5,400.00 (or `sale`)."""
    record = sale or a_crm_invoice(total="5400.00", date=SALE)
    return plan_of(a_snapshot(*documents, **fields), the_crm(record), settings)


def plan_told_of_payment(amount: str, *documents: AnyDocument) -> Plan:
    """The plan for `documents`, where the CRM has cheque 7714 of `amount` for the one sale."""
    records = a_crm_invoice("I-1", total="5400.00", date=SALE), a_crm_payment(amount=amount, pays={"I-1": amount})
    return plan_of(a_snapshot(*documents), the_crm(*records))
