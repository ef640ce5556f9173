"""An invoice with a name and no customer's id finds its customer, or stays with its name."""

from __future__ import annotations

import pytest

from qbclean.match.owners import with_owners
from qbclean.model.crm import CrmCustomer, CrmJob
from tests.crm_builders import a_crm_invoice, the_crm

PEOPLE = {"c1": "David Hughes", "c2": "Dora Hughes", "c3": "Ann Lee", "c4": "Ann Lee"}


@pytest.mark.parametrize(
    ("named", "job", "owner"),
    [
        ("David Hughes", None, "c1"),
        ("Hughes, David", None, "c1"),
        ("David Hughes Jr.", None, None),
        ("David Hughes", "j2", "c1"),
        ("D. Hughes", "j2", "c2"),
        ("Ann Lee", None, None),
    ],
)
def test_its_customer_is_the_only_one_so_called_else_its_jobs(named: str, job: str | None, owner: str | None) -> None:
    records = the_crm(
        *(CrmCustomer(crm_id=crm_id, name=name) for crm_id, name in PEOPLE.items()),
        CrmJob(crm_id="j2", name="Roof", customer_id="c2"),
        a_crm_invoice(customer=None, name=named, job_id=job),
    )

    (invoice,) = with_owners(records).invoices
    assert (invoice.customer_id, invoice.customer_name) == (owner, named)
