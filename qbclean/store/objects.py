"""QuickBooks objects out of books.db: all of a kind, some of them, or only the outline of each."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

import msgspec
from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.store.rows import id_number
from qbclean.store.sharing import Sharing

_T = TypeVar("_T", bound=msgspec.Struct)
_ALL = "SELECT id, raw FROM objects WHERE entity = ? ORDER BY number, id"
_SOME = (
    "SELECT id, raw FROM objects WHERE entity = ? AND number IN (SELECT value FROM json_each(?)) ORDER BY number, id"
)


def read_objects(
    database: Database,
    entity: str,
    as_type: type[_T],
    ids: Collection[str] | None = None,
    *,
    sharing: bool = False,
) -> dict[str, _T]:
    """Id → object, in the order of the ids; all of them, or those in `ids`. Raises StoreError when one is damaged.

    `sharing`: equal values are kept once, for where a whole company is in memory at once.
    """
    decode, share = msgspec.json.Decoder(as_type).decode, Sharing() if sharing else None
    if ids is None:
        rows = database.execute(_ALL, (entity,))
    else:
        numbers = msgspec.json.encode([id_number(object_id) for object_id in ids]).decode()
        rows = database.execute(_SOME, (entity, numbers))
    wanted = ids if ids is None else frozenset(ids)
    found: dict[str, _T] = {}
    for object_id, raw in rows:
        if wanted is not None and object_id not in wanted:
            continue  # ids that are no numbers, or have leading zeros, share their number with others
        try:
            found[object_id] = document = decode(raw)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise StoreError(
                f"{entity} {object_id} of the snapshot cannot be read: {error}.",
                why="QuickBooks sent something this version does not understand; nothing is guessed about it.",
                do="Run `qbclean pull --full`; if it stays, report the entity and the field.",
            ) from error
        if share:
            share(document)
    return found


def read_singleton(database: Database, entity: str, as_type: type[_T]) -> _T:
    """The one object of its kind. Raises StoreError when it is not there."""
    for found in read_objects(database, entity, as_type).values():
        return found
    raise StoreError(
        f"The snapshot has no {entity}.", why="The last pull left it out.", do="Run `qbclean pull --full`."
    )
