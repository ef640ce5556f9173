"""One order for everything that walks the books, whatever order the map of them has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

D = TypeVar("D")


def in_id_order(documents: Mapping[str, D]) -> Iterator[D]:
    """The documents by ascending id."""
    for key in sorted(documents, key=lambda key: key.zfill(20)):
        yield documents[key]
