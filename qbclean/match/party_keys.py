"""Which customer records share a key, and so may be one party: everybody with everybody is too many to compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from qbclean.match.normalize import NameKey

_COMMON = {"token": 20, "email": 50, "phone": 50, "address": 50, "sale": 50, "shape": 50}
"""A key shared by more parties than this says too little to propose a comparison by itself; ids and full names do."""

Key = tuple[str, object]
"""A kind of key, and the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One customer of either side. `sales` holds (number, cents) of its invoices; `qbo_id` is the id the CRM stored."""

    id: str
    names: tuple[NameKey, ...]
    email: str = ""
    phones: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    qbo_id: str = ""
    is_job: bool = False
    sales: frozenset[tuple[str, int]] = frozenset()


def telling_keys(party: Party) -> Iterator[Key]:
    """The stored id, contact data, invoices and full names."""
    yield "id", party.qbo_id or party.id
    if party.email:
        yield "email", party.email
    for phone in party.phones:
        yield "phone", phone
    for address in party.addresses:
        yield "address", address
    for sale in party.sales:
        yield "sale", sale
    for name in party.names:
        yield "name", name.text


def vague_keys(party: Party) -> Iterator[Key]:
    """Words of the names, and what finds "Jon Smyth" beside "John Smith" without comparing everyone."""
    for name in party.names:
        for token in name.tokens:
            if len(token) > 2:
                yield "token", token
        if len(name.tokens) > 1:
            yield "shape", " ".join([token[:2] for token in name.tokens])


class Sharing:
    """Who on the right shares a key with whom on the left, both in id order."""

    def __init__(self, left: Sequence[Party], right: Iterable[Party], keys: Callable[[Party], Iterator[Key]]) -> None:
        self._keys = keys
        wanted = {key for party in left for key in keys(party)}
        self._sharing: dict[Key, list[Party]] = defaultdict(list)
        for party in right if wanted else ():
            for key in keys(party):
                if key in wanted:
                    self._sharing[key].append(party)
        self._common = {
            key for key, sharing in self._sharing.items() if len(sharing) > _COMMON.get(key[0], len(sharing))
        }
        self.crowd = frozenset(party.id for key in self._common for party in self._sharing[key])
        """Ids on the right with a key that too many share."""

    def others(self, party: Party) -> Iterable[Party]:
        """Who else shares a key with `party` that is not too common."""
        found: dict[str, Party] = {}
        for key in self._keys(party):
            if key in self._sharing and key not in self._common:
                for other in self._sharing[key]:
                    if other is not party:
                        found[other.id] = other
        return found.values()

    def is_crowded(self, party: Party) -> bool:
        """True when `party`, on the left, has a key that too many share."""
        return bool(self._common) and any(key in self._common for key in self._keys(party))
