"""The imported CRM records in books.db, one row each, in the order they were read."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.model.crm import CrmCredit, CrmCustomer, CrmFile, CrmInvoice, CrmJob, CrmPayment, CrmRecords, CrmRefund
from qbclean.ports.crm import CrmSource
from qbclean.store.database import immediate
from qbclean.store.kept_plan import forget_plan
from qbclean.store.sharing import Sharing

_T = TypeVar("_T", bound=msgspec.Struct)
_KINDS = ("customers", "jobs", "invoices", "payments", "credits", "refunds", "files")
"""The fields of CrmRecords."""


def save_records(database: Database, records: CrmSource) -> None:
    """Replace what was imported before, in one transaction."""
    rows = ((kind, msgspec.json.encode(record)) for kind in _KINDS for record in getattr(records, kind))
    with immediate(database):
        forget_plan(database)
        database.execute("DELETE FROM crm")
        database.conn.executemany("INSERT INTO crm (kind, record) VALUES (?, ?)", rows)


def load_records(database: Database) -> CrmRecords:
    """Empty when nothing was imported. Raises StoreError when another version wrote them."""
    return CrmRecords(
        customers=_members(database, "customers", CrmCustomer),
        jobs=_members(database, "jobs", CrmJob),
        invoices=_members(database, "invoices", CrmInvoice),
        payments=_members(database, "payments", CrmPayment),
        credits=_members(database, "credits", CrmCredit),
        refunds=_members(database, "refunds", CrmRefund),
        files=_members(database, "files", CrmFile),
    )


def _members(database: Database, kind: str, as_type: type[_T]) -> tuple[_T, ...]:
    decode, share = msgspec.json.Decoder(as_type).decode, Sharing()
    found: list[_T] = []
    rows = database.execute("SELECT record FROM crm WHERE kind = ? ORDER BY position", (kind,))
    try:
        for (encoded,) in rows:
            found.append(record := decode(encoded))
            share(record)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StoreError(
            f"The imported CRM {kind} cannot be read: {error}.",
            why="They were imported by another version of qbclean.",
            do="Run `qbclean crm import` again.",
        ) from error
    return tuple(found)
