"""The imported CRM records in books.db, one row each, in the order they were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

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

_R = TypeVar("_R", bound=msgspec.Struct)
_ALL = """
    SELECT record FROM crm
    WHERE position BETWEEN (SELECT min(position) FROM crm WHERE kind = ?1)
        AND (SELECT max(position) FROM crm WHERE kind = ?1) AND +kind = ?1
    ORDER BY position
"""
"""Records of a kind lie beside each other: found by its index they would have to be sorted, which takes longer."""
_SOME = "SELECT record FROM crm WHERE kind = ? AND key IN (SELECT value FROM json_each(?)) ORDER BY position"
_KINDS: Mapping[str, type[CrmRecord]] = {
    "customers": CrmCustomer,
    "jobs": CrmJob,
    "invoices": CrmInvoice,
    "payments": CrmPayment,
    "credits": CrmCredit,
    "refunds": CrmRefund,
}
"""The fields of CrmRecords but `files`, and what is in them."""


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

    `ids`: field of CrmRecords → the records wanted of it, all when None. `outlined`: no more than outlines of them.
    `sharing`: equal values are kept once.
    """
    types = {**_KINDS, **(outlines.RECORDS if outlined else {})}
    records: dict[str, Any] = {
        kind: tuple(_members(database, kind, as_type, None if ids is None else ids.get(kind, ()), sharing=sharing))
        for kind, as_type in types.items()
    }
    return CrmRecords(**records, files=tuple(_members(database, "files", CrmFile)))


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
