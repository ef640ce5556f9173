"""Dates and ids at the edge of what a file can hold: explained to the cent, never a crash."""

from __future__ import annotations

from datetime import date

import pytest

from qbclean.model.crm import CrmRecord, CrmRecords
from qbclean.model.documents import AnyDocument
from qbclean.workflow.answer import answer
from tests.builders import a_deposit, a_deposit_line, a_payment, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_payment, the_crm
from tests.property.test_spoilt_books import ASKED, worked_out


def residuals(*documents: AnyDocument, crm: CrmRecords) -> set[str]:
    """Every residual of the reconciliation, once a plan was made too."""
    books = a_snapshot(*documents)
    told = worked_out(books, crm, [answer(ASKED, books, crm)])
    assert told.plan().head.digest
    comparisons = told.reconciliation().comparisons
    return {str(row.residual) for found in comparisons for row in (found.whole, *found.by_customer, *found.by_month)}


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("customer", ["58", None])
def test_the_first_and_the_last_day_there_is_are_days_like_others(day: date, customer: str | None) -> None:
    """Systems that have no date write 0001-01-01 or 9999-12-31."""
    deposit = a_deposit(date=day, income=[a_deposit_line("100.00", customer=customer)])
    paid: tuple[CrmRecord, ...] = (a_crm_invoice(date=day), a_crm_payment(date=day, pays={"I-1": "100.00"}))

    assert residuals(crm=the_crm(*paid)) == {"0.00"}
    for crm in (the_crm(*paid), CrmRecords()):
        assert residuals(an_invoice(date=day), deposit, crm=crm) == {"0.00"}
        assert residuals(an_invoice(date=day), a_payment(date=day, total="40.00"), crm=crm) == {"0.00"}


def test_ids_that_are_no_numbers_are_only_ids() -> None:
    odd = [an_invoice(key, number=key) for key in ("\u00b2", "abc", "00301", "\u0661\u0662")]

    assert residuals(*odd, crm=the_crm(a_crm_invoice())) == {"0.00"}
