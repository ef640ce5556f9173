"""The last plan that was worked out, kept in books.db for as long as the books and the CRM records stay as they are.

`check` and `plan` ask the same question, usually one after the other. What answers it is the whole plan, so the second
only reads. A plan is kept with the code that made it: another version, or an edited one, works it out again.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
from sqlite_utils import Database

import qbclean
from qbclean.model.action import PlannedAction
from qbclean.model.crm import CrmFile
from qbclean.model.finding import Finding
from qbclean.model.plan import Plan
from qbclean.store.database import immediate

_AT_ONCE = 500
_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


def keep_plan(database: Database, question: str, plan: Plan) -> None:
    """Replace the plan kept before. Not kept when what it was made from has changed, or the disk is full."""
    # As JSON: MessagePack keeps an instant, but not the offset it was written with, and the digest covers both.
    head = msgspec.structs.replace(plan, findings=(), actions=())
    rows = [("question", _code() + question), ("plan", msgspec.json.encode(head))]
    try:
        with immediate(database):
            forget_plan(database)
            if _basis(database) == (plan.snapshot.id, plan.crm):
                database.conn.executemany(_INSERT, rows)
                database.conn.executemany(_INSERT, _rows("findings", plan.findings))
                database.conn.executemany(_INSERT, _rows("actions", plan.actions))
    except sqlite3.OperationalError as error:
        _logger.info("The plan is not kept, another command will work it out again: %s", error)


def kept_plan(database: Database, question: str) -> Plan | None:
    """The plan kept in answer to `question` by the same code, None when there is none."""
    asked = database.execute("SELECT body FROM kept_plan WHERE part = 'question'").fetchone()
    if asked is None or asked[0] != _code() + question:
        return None
    (head,) = database.execute("SELECT body FROM kept_plan WHERE part = 'plan'").fetchone()
    return msgspec.structs.replace(
        msgspec.json.decode(head, type=Plan),
        findings=tuple(_members(database, "findings", Finding)),
        actions=tuple(_members(database, "actions", PlannedAction)),
    )


def forget_plan(database: Database) -> None:
    """For whoever changes what it was made from, in the same transaction."""
    database.execute("DELETE FROM kept_plan")


_INSERT = "INSERT INTO kept_plan (part, body) VALUES (?, ?)"


def _rows(part: str, items: tuple[msgspec.Struct, ...]) -> Iterator[tuple[str, bytes]]:
    encode = msgspec.msgpack.encode
    return ((part, encode(items[start : start + _AT_ONCE])) for start in range(0, len(items), _AT_ONCE))


def _members(database: Database, part: str, as_type: type[_T]) -> Iterator[_T]:
    decode = msgspec.msgpack.Decoder(tuple[as_type, ...]).decode  # type: ignore[valid-type]
    for (body,) in database.execute("SELECT body FROM kept_plan WHERE part = ? ORDER BY position", (part,)):
        yield from decode(body)


def _basis(database: Database) -> tuple[str, tuple[CrmFile, ...]]:
    snapshot = database.execute("SELECT id FROM snapshot").fetchone()
    files = database.execute("SELECT record FROM crm WHERE kind = 'files' ORDER BY position").fetchall()
    return snapshot[0], tuple(msgspec.json.decode(record, type=CrmFile) for (record,) in files)


@cache
def _code() -> str:
    """Changes whenever a file of qbclean does."""
    folder = Path(qbclean.__file__).parent
    files = sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*.py"))
    return f"{qbclean.__version__} {hashlib.sha256(repr(files).encode()).hexdigest()[:16]} "
