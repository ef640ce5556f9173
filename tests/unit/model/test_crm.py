"""What the CRM says: a slice of it knows what the whole export has."""

from __future__ import annotations

from qbclean.model.crm import CrmRecords
from tests.crm_builders import a_crm_invoice, a_crm_payment, the_crm


def test_the_export_tells_what_it_has_records_of() -> None:
    crm = the_crm(a_crm_invoice(), a_crm_payment())

    assert (crm.tells("invoice"), crm.tells("payment"), crm.tells("credit")) == (True, True, False)


def test_a_slice_without_payments_knows_that_other_slices_have_some() -> None:
    part = CrmRecords(invoices=(a_crm_invoice(),), elsewhere=frozenset(("payment",)))

    assert part.tells("payment")
    assert not part.tells("credit")
    assert not CrmRecords(elsewhere=frozenset(("invoice",))).is_empty


def test_what_pays_an_invoice_is_told_in_the_same_order_however_the_rows_stand() -> None:
    first, second = (a_crm_payment(key, amount="50.00", pays={"I-1": "50.00"}) for key in ("P-1", "P-2"))

    assert (
        the_crm(second, first).payments_by_invoice
        == the_crm(first, second).payments_by_invoice
        == {"I-1": (first, second)}
    )
