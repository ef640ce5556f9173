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
