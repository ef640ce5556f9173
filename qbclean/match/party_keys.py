"""Which customer records share a key, and so may be one party: everybody with everybody is too many to compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import NamedTuple

import msgspec

from qbclean.match.normalize import NameKey, number_body
from qbclean.model.money import cents


def sold(number: str | None, total: Decimal) -> str:
    """The key of an invoice, "" where it has no number."""
    body = number_body(number)
    return f"{body} {cents(total)}" if body else ""


class Party(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One customer of either side; `qbo_id` is the id the CRM stored, `sales` the keys of its invoices (`sold`).

    `names` begins with the one shown; `person` is the given and family name of the card, and `contact` is that again
    where it is another than the names: whom to ask for.
    """

    id: str
    names: tuple[NameKey, ...]
    person: NameKey | None = None
    contact: NameKey | None = None
    email: str = ""
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    qbo_id: str = ""
    is_job: bool = False
    sales: AbstractSet[str] = frozenset()


class KeyKind(NamedTuple):
    """A kind of key. One that more than `most` parties share says too little to propose a comparison by itself."""

    of: Callable[[Party], Collection[str]]
    most: int = 50


def _called(party: Party) -> tuple[NameKey, ...]:
    return (*party.names, party.contact) if party.contact else party.names


def _words(party: Party) -> list[str]:
    return [token for name in _called(party) for token in name.tokens if len(token) > 2]


def _shapes(party: Party) -> list[str]:
    return [" ".join([token[:2] for token in name.tokens]) for name in _called(party) if len(name.tokens) > 1]


_NEVER_TOO_MANY = 1 << 62
TELLING = (
    KeyKind(lambda party: (party.qbo_id or party.id,), most=_NEVER_TOO_MANY),
    KeyKind(lambda party: (party.email,) if party.email else ()),
    KeyKind(lambda party: party.phones),
    KeyKind(lambda party: party.addresses),
    KeyKind(lambda party: party.sales),
    KeyKind(lambda party: [name.text for name in _called(party)], most=_NEVER_TOO_MANY),
)
"""The stored id, contact data, invoices and full names."""
VAGUE = (KeyKind(_words, most=20), KeyKind(_shapes))
"""Words of the names, and what finds "Jon Smyth" beside "John Smith" without comparing everyone."""


class Sharing:
    """Who on the right shares a key of one of some kinds with whom on the left."""

    def __init__(self, left: Sequence[Party], right: Sequence[Party], kinds: Iterable[KeyKind]) -> None:
        self._kinds = [_Shared(kind, left, right if left else ()) for kind in kinds]
        self.crowd: set[str] = set().union(*[kind.crowd for kind in self._kinds])
        """Ids on the right with a key that too many share."""

    def others(self, party: Party) -> Collection[Party]:
        """Who else shares a key with `party` that is not too common."""
        found: dict[str, Party] = {}
        for kind in self._kinds:
            for key in kind.keys_of(party):
                if other := kind.first.get(key):
                    found[other.id] = other
                    for further in kind.further.get(key, ()):
                        found[further.id] = further
        if found.get(party.id) is party:
            del found[party.id]
        return found.values()

    def is_crowded(self, party: Party) -> bool:
        """True when `party`, on the left, has a key that too many share."""
        return any(not kind.common.isdisjoint(kind.keys_of(party)) for kind in self._kinds if kind.common)


class _Shared:
    """Those on the right by one kind of key, as far as somebody on the left has it.

    `first`: key → whoever has it, nearly always one alone; `further`: the others. Keys too `common` are in neither, who
    has one of them is in the `crowd`.
    """

    def __init__(self, kind: KeyKind, left: Iterable[Party], right: Iterable[Party]) -> None:
        self.keys_of = keys_of = kind.of
        self.first: dict[str, Party | None] = dict.fromkeys(key for party in left for key in keys_of(party))
        self.further: dict[str, list[Party]] = defaultdict(list)
        for party in right:
            for key in keys_of(party):
                if key in self.first:
                    if self.first[key] is None:
                        self.first[key] = party
                    else:
                        self.further[key].append(party)
        self.common = {key for key, sharing in self.further.items() if len(sharing) >= kind.most}
        self.crowd: set[str] = set()
        for key in self.common:
            self.crowd.update(party.id for party in (self.first.pop(key), *self.further.pop(key)) if party)
