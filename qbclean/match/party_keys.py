"""Which customer records share a key, and so may be one party: everybody with everybody is too many to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from qbclean.match.normalize import NameKey

_COMMON = 50
"""A key shared by more parties than this says too little to propose a comparison by itself; ids and full names do."""
_COMMON_WORD = 20

Sold = tuple[str, int]
"""The number and the cents of an invoice."""
Key = tuple[str, str] | Sold
"""A kind of key, and the key; or an invoice, of which there are most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One customer of either side, with its invoices; `qbo_id` is the id the CRM stored."""

    id: str
    names: tuple[NameKey, ...]
    email: str = ""
    phones: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    qbo_id: str = ""
    is_job: bool = False
    sales: AbstractSet[Sold] = frozenset()


def telling_keys(party: Party) -> list[Key]:
    """The stored id, contact data, invoices and full names."""
    return [
        ("id", party.qbo_id or party.id),
        *([("email", party.email)] if party.email else ()),
        *[("phone", phone) for phone in party.phones],
        *[("address", address) for address in party.addresses],
        *party.sales,
        *[("name", name.text) for name in party.names],
    ]


def vague_keys(party: Party) -> list[Key]:
    """Words of the names, and what finds "Jon Smyth" beside "John Smith" without comparing everyone."""
    return [
        *[("token", token) for name in party.names for token in name.tokens if len(token) > 2],
        *[("shape", " ".join([token[:2] for token in name.tokens])) for name in party.names if len(name.tokens) > 1],
    ]


class Sharing:
    """Who on the right shares a key with whom on the left, both in id order."""

    def __init__(self, left: Sequence[Party], right: Iterable[Party], keys: Callable[[Party], list[Key]]) -> None:
        self._keys = {party.id: keys(party) for party in left}
        self._sharing: dict[Key, list[Party]] = {key: [] for wanted in self._keys.values() for key in wanted}
        for party in right if left else ():
            for key in keys(party):
                if (sharing := self._sharing.get(key)) is not None:
                    sharing.append(party)
        self._common = {
            key
            for key, sharing in self._sharing.items()
            if len(sharing) > _COMMON_WORD and _is_common(key, len(sharing))
        }
        self.crowd = frozenset(party.id for key in self._common for party in self._sharing[key])
        """Ids on the right with a key that too many share."""

    def others(self, party: Party) -> Iterable[Party]:
        """Who else shares a key with `party` that is not too common."""
        found: dict[str, Party] = {}
        for key in self._keys[party.id]:
            if key not in self._common:
                for other in self._sharing[key]:
                    if other is not party:
                        found[other.id] = other
        return found.values()

    def is_crowded(self, party: Party) -> bool:
        """True when `party`, on the left, has a key that too many share."""
        return not self._common.isdisjoint(self._keys[party.id])


def _is_common(key: Key, parties: int) -> bool:
    return parties > _COMMON_WORD if key[0] == "token" else parties > _COMMON and key[0] not in ("id", "name")
