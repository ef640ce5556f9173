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

import msgspec
from sqlite_utils import Database

import qbclean
from qbclean.model.crm import CrmFile
from qbclean.model.plan import Plan
from qbclean.plan.encoded import EncodedPlan, joined
from qbclean.store.database import immediate

_logger = logging.getLogger(__name__)


def keep_plan(database: Database, question: str, plan: EncodedPlan) -> None:
    """Replace the plan kept before. Not kept when what it was made from has changed, or the disk is full."""
    # All as JSON: MessagePack keeps an instant, but not the offset it was written with, and the digest covers both.
    rows = [("question", _code() + question), ("plan", msgspec.json.encode(plan.head))]
    try:
        with immediate(database):
            forget_plan(database)
            if _basis(database) == (plan.head.snapshot.id, plan.head.crm):
                database.conn.executemany(_INSERT, rows)
                database.conn.executemany(_INSERT, (("findings", text) for text in joined(plan.findings)))
                database.conn.executemany(_INSERT, (("actions", text) for text in joined(plan.actions)))
    except sqlite3.OperationalError as error:
        _logger.info("The plan is not kept, another command will work it out again: %s", error)


def kept_plan(database: Database, question: str, *, actions: bool) -> EncodedPlan | None:
    """The plan kept in answer to `question` by the same code, without its `actions` if not asked for; None for none."""
    asked = database.execute("SELECT body FROM kept_plan WHERE part = 'question'").fetchone()
    if asked is None or asked[0] != _code() + question:
        return None
    (head,) = database.execute("SELECT body FROM kept_plan WHERE part = 'plan'").fetchone()
    return EncodedPlan(
        head=msgspec.json.decode(head, type=Plan),
        findings=tuple(_texts(database, "findings")),
        actions=tuple(_texts(database, "actions")) if actions else (),
    )


def forget_plan(database: Database) -> None:
    """For whoever changes what it was made from, in the same transaction."""
    database.execute("DELETE FROM kept_plan")


_INSERT = "INSERT INTO kept_plan (part, body) VALUES (?, ?)"


def _texts(database: Database, part: str) -> Iterator[bytes]:
    for (body,) in database.execute("SELECT body FROM kept_plan WHERE part = ? ORDER BY position", (part,)):
        yield body


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
