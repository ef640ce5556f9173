"""The last plan that was worked out, kept for as long as the books and the CRM records stay as they are.

`check` and `plan` ask the same question, usually one after the other. What answers it is the whole plan, so the second
only reads. A plan is kept with the code that made it: another version, or an edited one, works it out again.

Its head is in books.db, in the transactions that change what it was made from. Its text is in a file beside that, one
to two kilobytes an invoice, which SQLite would write twice; only under the digest in the head is it the plan's.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec
from sqlite_utils import Database

import qbclean
from qbclean.model.crm import CrmFile
from qbclean.model.plan import Plan
from qbclean.plan.digest import digest_of_texts
from qbclean.plan.encoded import EncodedPlan, joined
from qbclean.store.database import immediate

_BUFFER = 1_000_000
"""Bytes: a line is longer than the usual buffer, and would be put together from many."""
_logger = logging.getLogger(__name__)


def keep_plan(database: Database, file: Path, question: str, plan: EncodedPlan) -> None:
    """Replace the plan kept before, its text in `file`. Not kept when what it was made from has changed, or the disk is
    full."""
    # As JSON: MessagePack keeps an instant, but not the offset it was written with, and the digest covers both.
    rows = [("question", _code() + question), ("plan", msgspec.json.encode(plan.head))]
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        _sweep(file)
        _write(draft, plan)
        with immediate(database):
            forget_plan(database)
            if _basis(database) == (plan.head.snapshot.id, plan.head.crm):
                database.conn.executemany("INSERT INTO kept_plan (part, body) VALUES (?, ?)", rows)
                draft.replace(file)
    except (sqlite3.OperationalError, OSError) as error:
        _logger.info("The plan is not kept, another command will work it out again: %s", error)
    finally:
        draft.unlink(missing_ok=True)


def kept_plan(database: Database, file: Path, question: str, *, actions: bool) -> EncodedPlan | None:
    """The plan kept in answer to `question` by the same code, without its `actions` if not asked for; None for none."""
    asked = database.execute("SELECT body FROM kept_plan WHERE part = 'question'").fetchone()
    if asked is None or asked[0] != _code() + question:
        return None
    (encoded,) = database.execute("SELECT body FROM kept_plan WHERE part = 'plan'").fetchone()
    head = msgspec.json.decode(encoded, type=Plan)
    try:
        findings, acts = _read(file)
    except OSError:
        return None
    if digest_of_texts(head, findings, acts) != head.digest:
        return None
    return EncodedPlan(head=head, findings=findings, actions=acts if actions else ())


def forget_plan(database: Database) -> None:
    """For whoever changes what it was made from, in the same transaction."""
    database.execute("DELETE FROM kept_plan")


def _write(path: Path, plan: EncodedPlan) -> None:
    """The findings a few in a line, an empty line, the actions likewise: canonical JSON has no line ends of its own."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as lines:
        for text in joined(plan.findings):
            lines.write(text + b"\n")
        lines.write(b"\n")
        for text in joined(plan.actions):
            lines.write(text + b"\n")


def _read(path: Path) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The texts of findings and actions, whatever is in the file."""
    with path.open("rb", buffering=_BUFFER) as lines:
        return tuple(_until_empty(lines)), tuple(_until_empty(lines))


def _until_empty(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line == b"\n":
            return
        yield line.removesuffix(b"\n")


def _sweep(file: Path) -> None:
    """Remove what a process that was ended while it wrote has left; one that still writes will not keep its plan."""
    for left in file.parent.glob(f".{file.name}.*"):
        with suppress(OSError):
            left.unlink()


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
