"""QuickBooks' JSON envelopes taken apart: each object as the very bytes that came, and as a typed document.

Objects are sliced out of the answer and never encoded anew, so a snapshot holds what QuickBooks said, byte for byte.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from qbclean.errors import UnavailableError
from qbclean.model.documents import DOCUMENT_TYPES, AnyDocument
from qbclean.model.refs import DocumentKind
from qbclean.ports.books import PulledObject
from qbclean.ports.gateway import LiveDocument

_T = TypeVar("_T")
_Fields = dict[str, msgspec.Raw]
_TYPES: dict[str, type[AnyDocument]] = {document.kind: document for document in DOCUMENT_TYPES}


class Stub(msgspec.Struct, rename="pascal"):
    """What every object has; a deleted one has little else."""

    id: str
    sync_token: str = ""
    status: str | None = msgspec.field(default=None, name="status")

    @property
    def deleted(self) -> bool:
        return self.status == "Deleted"


class _QueryResponse(msgspec.Struct):
    fields: _Fields = msgspec.field(name="QueryResponse")


class _ChangeResponses(msgspec.Struct):
    responses: list[_Fields] = msgspec.field(name="CDCResponse")


class _Counted(msgspec.Struct):
    total: int = msgspec.field(name="totalCount")


class _Count(msgspec.Struct):
    response: _Counted = msgspec.field(name="QueryResponse")


class _Time(msgspec.Struct):
    time: datetime


def decode(body: bytes | msgspec.Raw, shape: type[_T], doing: str) -> _T:
    """`body` as `shape`. Raises UnavailableError when QuickBooks answered something else; values are not shown."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnavailableError(
            f"{doing} failed.",
            why=f"QuickBooks' answer does not have the expected form: {error}.",
            do="Try again; if it stays so, report it with the log of `qbclean -v`.",
            status=200,
        ) from None


def stub(raw: bytes | msgspec.Raw, doing: str) -> Stub:
    return decode(raw, Stub, doing)


def pulled(entity: str, raw: bytes | msgspec.Raw, doing: str) -> PulledObject:
    """One object, verbatim."""
    facts = stub(raw, doing)
    return PulledObject(entity=entity, id=facts.id, raw=b"" if facts.deleted else bytes(raw), deleted=facts.deleted)


def queried(body: bytes, entity: str, doing: str) -> list[bytes]:
    """The rows of a query answer, in order; none when the entity's key is absent (contract 3.3)."""
    rows = decode(body, _QueryResponse, doing).fields.get(entity)
    return [] if rows is None else [bytes(row) for row in decode(rows, list[msgspec.Raw], doing)]


def counted(body: bytes, doing: str) -> int:
    """The answer to `SELECT COUNT(*)`."""
    return decode(body, _Count, doing).response.total


def single(body: bytes, entity: str, doing: str) -> bytes:
    """The object of a single-object answer.

    Raises UnavailableError when it is not there: 200 with nothing done has been seen (contract 1.6).
    """
    fields = decode(body, _Fields, doing)
    if entity not in fields:
        raise UnavailableError(
            f"{doing} failed.",
            why=f"QuickBooks answered 200 but the answer holds no {entity}.",
            do="Run `qbclean recover`; it reads back what happened.",
            status=200,
        )
    return bytes(fields[entity])


def changed(body: bytes, doing: str) -> list[PulledObject]:
    """What a change data capture answer lists, over all entities."""
    objects: list[PulledObject] = []
    for response in decode(body, _ChangeResponses, doing).responses:
        if "QueryResponse" not in response:
            raise UnavailableError(f"{doing} failed.", why="A part of the answer is missing.", do="Try again.")
        for fields in decode(response["QueryResponse"], list[_Fields], doing):
            for entity, rows in fields.items():
                if entity[:1].isupper():  # beside them: startPosition, maxResults, totalCount
                    objects += [pulled(entity, row, doing) for row in decode(rows, list[msgspec.Raw], doing)]
    return objects


def answered_at(body: bytes, doing: str) -> datetime:
    """QuickBooks' clock, with the offset it came with (milliseconds; contract 1.6)."""
    return decode(body, _Time, doing).time


def live(kind: DocumentKind, raw: bytes, doing: str) -> LiveDocument:
    """A transaction as typed document and verbatim JSON. Raises ValueError for a kind that is no transaction."""
    shape = _TYPES.get(kind)
    if shape is None:
        raise ValueError(f"{kind} is not a transaction")
    return LiveDocument(document=decode(raw, shape, doing), raw=raw)
