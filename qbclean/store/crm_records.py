"""The imported CRM records in books.db, one row each, in the order they were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec
from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.model.crm import (
    CrmCredit,
    CrmCustomer,
    CrmFile,
    CrmInvoice,
    CrmJob,
    CrmPayment,
    CrmRecord,
    CrmRecords,
    CrmRefund,
)
from qbclean.ports.crm import CrmSource
from qbclean.store import outlines
from qbclean.store.database import immediate
from qbclean.store.kept_plan import forget_plan
from qbclean.store.sharing import Sharing

_T = TypeVar("_T", bound=CrmRecord)
_R = TypeVar("_R", bound=msgspec.Struct)
_ALL = "SELECT record FROM crm WHERE kind = ? ORDER BY position"
_SOME = "SELECT record FROM crm WHERE kind = ? AND key IN (SELECT value FROM json_each(?)) ORDER BY position"
_KINDS = ("customers", "jobs", "invoices", "payments", "credits", "refunds")
"""The fields of CrmRecords but `files`."""


def save_records(database: Database, records: CrmSource) -> None:
    """Replace what was imported before, in one transaction."""
    encode = msgspec.json.encode
    rows = ((kind, record.crm_id, encode(record)) for kind in _KINDS for record in getattr(records, kind))
    with immediate(database):
        forget_plan(database)
        database.execute("DELETE FROM crm")
        database.conn.executemany("INSERT INTO crm (kind, key, record) VALUES (?, ?, ?)", rows)
        files = (("files", encode(file)) for file in records.files)
        database.conn.executemany("INSERT INTO crm (kind, record) VALUES (?, ?)", files)


def load_records(
    database: Database,
    ids: Mapping[str, Sequence[str]] | None = None,
    *,
    outlined: bool = False,
    sharing: bool = False,
) -> CrmRecords:
    """Empty when nothing was imported. Raises StoreError when another version wrote them.

    `ids`: field of CrmRecords → the records wanted of it, all when None. `outlined`: invoices without their lines.
    `sharing`: equal values are kept once.
    """

    def members(kind: str, as_type: type[_T]) -> tuple[_T, ...]:
        wanted = None if ids is None else ids.get(kind, ())
        return tuple(_members(database, kind, as_type, wanted, sharing=sharing))

    return CrmRecords(
        customers=members("customers", CrmCustomer),
        jobs=members("jobs", CrmJob),
        invoices=members("invoices", outlines.CRM_INVOICE if outlined else CrmInvoice),
        payments=members("payments", outlines.CRM_PAYMENT if outlined else CrmPayment),
        credits=members("credits", CrmCredit),
        refunds=members("refunds", CrmRefund),
        files=tuple(_members(database, "files", CrmFile)),
    )


def _members(
    database: Database, kind: str, as_type: type[_R], ids: Sequence[str] | None = None, *, sharing: bool = False
) -> Iterator[_R]:
    decode, share = msgspec.json.Decoder(as_type).decode, Sharing() if sharing else None
    wanted = () if ids is None else (msgspec.json.encode(ids).decode(),)
    rows = database.execute(_ALL if ids is None else _SOME, (kind, *wanted))
    try:
        for (encoded,) in rows:
            record = decode(encoded)
            if share:
                share(record)
            yield record
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StoreError(
            f"The imported CRM {kind} cannot be read: {error}.",
            why="They were imported by another version of qbclean.",
            do="Run `qbclean crm import` again.",
        ) from error
