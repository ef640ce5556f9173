"""Why money or credit that the CRM gives to certain sales finds no QuickBooks invoice to settle, in words."""

from __future__ import annotations

from collections.abc import Iterable

from qbclean.detect.allocation import Application
from qbclean.detect.inquiry import Inquiry


def no_place(inquiry: Inquiry, crm_ids: Iterable[str], application: Application) -> str:
    """The first reason among the sales, and what a person should do; "" where each has its invoice, with some open."""
    if application.parts:
        return _unclear(application)
    for crm_id in sorted(crm_ids):
        record = inquiry.crm.invoices_by_id.get(crm_id)
        number = f"CRM invoice {record.number or crm_id}" if record else f"CRM invoice {crm_id}"
        booked = inquiry.invoices_of(crm_id)
        if bundle := None if booked else inquiry.bundled.perhaps.get(crm_id):
            names = joined(inquiry.name_of(inquiry.books.invoices[qbo_id]) for qbo_id in bundle.qbo_ids)
            return f"{number} may be on invoice {names}, which may as well be something else: look at the lines (S07)"
        if not booked:
            return f"{number} is not in QuickBooks, so there is nothing for it to settle"
        if all(invoice.balance <= 0 for invoice in booked):
            names = joined(inquiry.name_of(invoice) for invoice in booked)
            if all(invoice.is_voided for invoice in booked):
                return f"QuickBooks has {number} as {names}, voided; find out why"
            return (
                f"QuickBooks has {number} as {names}, with nothing open; find out what settled it, or what this is for"
            )
    return ""


def _unclear(application: Application) -> str:
    """Of the parts of a split sale none is chosen (S07)."""
    parts = joined(f"{name} ({still_open} open)" for name, still_open in application.parts)
    sets = "; ".join(joined(names) for names in application.readings)
    fits = f"it fits {sets}" if sets else "no set of them comes to it"
    return f"QuickBooks has the sale as invoices {parts}, and {fits}: decide by hand which of them it pays (S07)"


def joined(names: Iterable[str]) -> str:
    """The names in one enumeration, "" for none."""
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last
