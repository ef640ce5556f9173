"""Rows → customers and jobs."""

from __future__ import annotations

from qbclean.crm.drafts import Draft
from qbclean.crm.rows import Row
from qbclean.match.party_records import crm_party
from qbclean.model.crm import CrmCustomer, CrmJob


def customer(row: Row) -> Draft[CrmCustomer]:
    """Known by its name where the export has no id; a company without a person's name by the company's."""
    own_id = row.own_id()
    name = row.text("name") or row.text("company")
    name = row.needed("name", name)
    record = CrmCustomer(
        crm_id=own_id or crm_party(None, name),
        qbo_id=row.text("qbo_id"),
        file=row.file,
        rows=(row.number,),
        name=name,
        company=row.text("company"),
        email=row.text("email"),
        phone=row.text("phone"),
        address=row.text("address"),
    )
    job = row.text("job")
    return Draft(
        record=record,
        own_id=own_id is not None,
        id_column=row.id_column(),
        phone=record.phone,
        jobs=(job,) if job else (),
    )


def job(row: Row) -> Draft[CrmJob]:
    """`customer_id` is "" until the name or phone has been looked up."""
    own_id, number = row.own_id(), row.text("number")
    name = row.text("name") or (number if own_id or number else None)
    record = CrmJob(
        crm_id=own_id or number or f"{row.file} row {row.number}",
        qbo_id=row.text("qbo_id"),
        file=row.file,
        rows=(row.number,),
        customer_id=_customer_id(row) or "",
        name=row.needed("name", name),
        status=row.text("status"),
        contract_amount=row.number_of("contract_amount"),
        start_date=row.day("start_date"),
        end_date=row.day("end_date"),
    )
    return Draft(
        record=record,
        own_id=own_id is not None,
        id_column=row.id_column(),
        customer=row.text("customer"),
        phone=row.text("phone"),
        jobs=(number,) if number else (),
    )


def _customer_id(row: Row) -> str | None:
    found = row.text("customer_id")
    return row.needed("customer_id", found) if "customer_id" in row.readers.mapping.section.require else found
