"""What each unapplied payment and open credit should settle, decided per customer group as a whole.

First what the CRM says by name, then what a reference names, then what only one reading of the amounts allows. What
one source takes is no longer open for the next, so no invoice is settled twice. Several readings: none is chosen (S07).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Literal

import msgspec

from qbclean.match.normalize import number_key
from qbclean.model.money import ZERO, total
from qbclean.model.refs import DocumentRef

Ground = Literal[
    "CRM names it",
    "reference names it",
    "only exact amount",
    "only sum",
    "several fit",
    "parts unclear",
    "nothing fits",
]
_MOST_PARTS = 4
_MOST_TARGETS = 12


class Target(msgspec.Struct, kw_only=True):
    """An invoice that can still be settled; `open` falls as sources take from it. `creator`: the action creating it;
    `doubt`: why it is only perhaps the invoice the CRM means, or not all of it is open for that, in words.

    `crm_id`: the CRM invoice it is, or is a part of; of several in one the first, by whose name all their money goes.
    """

    ref: DocumentRef
    crm_id: str
    customer_id: str
    name: str
    day: date
    open: Decimal
    locked: bool
    doubt: str = ""
    creator: str = ""
    given_up: dict[str, Decimal] = msgspec.field(default_factory=dict)
    """Key of a source → the part of `open` that is free only once that source has been moved off."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Money or credit looking for its invoices. `named`: CRM invoice id (as in `Target`) → amount the CRM gives it
    (None: not said); `doubt`: why that is not sure, in words.

    `gives_up` is what it settles today although the CRM says otherwise: part of `amount`, free for others to settle.
    `on_account` is True when the CRM knows it and says that it belongs to no invoice: a retainer (S14).
    """

    key: str
    customer_id: str
    day: date
    amount: Decimal
    reference: str = ""
    named: Mapping[str, Decimal | None] = msgspec.field(default_factory=dict)
    gives_up: Sequence[tuple[DocumentRef, Decimal]] = ()
    on_account: bool = False
    doubt: str = ""


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """What a source settles, on which ground. `readings` lists the sets that fit when none of them is chosen."""

    source: Source
    takes: tuple[tuple[Target, Decimal], ...]
    ground: Ground
    readings: tuple[tuple[str, ...], ...] = ()
    parts: tuple[tuple[str, Decimal], ...] = ()
    """Name and open balance of the parts of the one sale that it does not say which of them it pays."""
    spent: tuple[str, ...] = ()
    """Invoices the CRM names for it that have nothing open, so that its part for them finds no place."""
    waits_for: tuple[str, ...] = ()
    """Keys of the sources that must be moved off first, because it takes what they settle today."""
    depends_on: tuple[str, ...] = ()
    """Actions that must run before it: those that make or complete an invoice it settles, or move off what is there."""


def allocate(sources: Sequence[Source], targets: Iterable[Target]) -> list[Application]:
    """One application per source, in the order of `sources`, which the caller sorts. Mutates the targets' `open`."""
    pool = list(targets)
    targets_of = {target.ref: target for target in pool}
    for source in sources:
        for ref, amount in source.gives_up:
            if target := targets_of.get(ref):
                target.open += amount
                target.given_up[source.key] = amount
    done: dict[str, Application] = {}
    rivals = Counter((crm_id, _meant(source, crm_id)) for source in sources for crm_id in source.named)
    for source in sources:
        if source.named and (application := _named(source, pool, rivals)):
            done[source.key] = application
    for source in sources:
        if source.key not in done and not source.on_account and (takes := _by_reference(source, pool)):
            done[source.key] = _taken(source, takes, "reference names it")
    waiting = [
        source
        for source in sources
        if source.key not in done and not (source.on_account or source.named or source.gives_up)
    ]
    for source in waiting:
        alike = [
            other for other in waiting if other.amount == source.amount and other.customer_id == source.customer_id
        ]
        done[source.key] = _by_amount(source, pool, contested=len(alike) > 1)
    return [done.get(source.key) or Application(source=source, takes=(), ground="nothing fits") for source in sources]


def _taken(source: Source, takes: Sequence[tuple[Target, Decimal]], ground: Ground) -> Application:
    waits: dict[str, None] = {}
    for target, amount in takes:
        others = {key: part for key, part in target.given_up.items() if key != source.key}
        if amount > target.open - total(others.values()):
            waits |= dict.fromkeys(others)
        target.open -= amount
    return Application(source=source, takes=tuple(takes), ground=ground, waits_for=tuple(waits))


def _named(source: Source, pool: Sequence[Target], rivals: Mapping[tuple[str, Decimal], int]) -> Application | None:
    """What `source` settles of the sales the CRM names for it; None where none of them has anything open.

    Where it is unclear which parts of a split sale it pays, it settles nothing at all.
    """
    named: dict[str, list[Target]] = defaultdict(list)
    for target in pool:
        if target.crm_id and target.crm_id in source.named:
            named[target.crm_id].append(target)
    left = source.amount
    takes: list[tuple[Target, Decimal]] = []
    spent: list[str] = []
    for crm_id, parts in named.items():
        said = source.named[crm_id]
        still_open = [target for target in parts if target.open > 0]
        if (said is None or said > 0) and not still_open:
            spent += [target.name for target in parts]
        amount = left if said is None else min(left, said)
        if amount <= 0 or not still_open:
            continue
        readings = _over_parts(amount, still_open)
        if len(readings) != 1 or (len(readings[0]) < len(still_open) and rivals[crm_id, _meant(source, crm_id)] > 1):
            return Application(
                source=source,
                takes=(),
                ground="parts unclear",
                readings=tuple(tuple(target.name for target, _ in reading) for reading in readings),
                parts=tuple((target.name, target.open) for target in still_open),
            )
        takes += readings[0]
        left -= total(part for _, part in readings[0])
    return msgspec.structs.replace(_taken(source, takes, "CRM names it"), spent=tuple(spent)) if takes else None


def _meant(source: Source, crm_id: str) -> Decimal:
    """How much of `source` the CRM means for one of the sales it names, as far as is known."""
    said = source.named[crm_id]
    return source.amount if said is None else min(source.amount, said)


def _over_parts(amount: Decimal, parts: Sequence[Target]) -> list[tuple[tuple[Target, Decimal], ...]]:
    """Every way `amount` may lie on the open parts of one sale: on the only one, on all, or on a set it adds up to."""
    if len(parts) == 1:
        return [((parts[0], min(amount, parts[0].open)),)]
    if amount >= total(target.open for target in parts):
        return [tuple((target, target.open) for target in parts)]
    return [tuple((target, target.open) for target in chosen) for chosen in _adding_up(amount, parts, most=len(parts))]


def _adding_up(amount: Decimal, targets: Sequence[Target], *, most: int) -> list[tuple[Target, ...]]:
    """The sets of up to `most` targets whose open balances come to `amount`; of too many targets none."""
    if len(targets) > _MOST_TARGETS:
        return []
    sizes = range(1, min(most, len(targets)) + 1)
    return [
        chosen for size in sizes for chosen in combinations(targets, size) if total(t.open for t in chosen) == amount
    ]


def _by_reference(source: Source, pool: Sequence[Target]) -> list[tuple[Target, Decimal]]:
    key = number_key(source.reference)
    hits = [
        target
        for target in pool
        if key and target.open > 0 and target.customer_id == source.customer_id and number_key(target.name) == key
    ]
    return [(hits[0], min(source.amount, hits[0].open))] if len(hits) == 1 else []


def _by_amount(source: Source, pool: Sequence[Target], *, contested: bool) -> Application:
    """The set of open invoices of exactly this customer that adds up to the amount, if there is only one."""
    near = [t for t in pool if t.open > 0 and t.customer_id == source.customer_id and not t.creator]
    near = sorted(near, key=lambda target: (abs((target.day - source.day).days), target.ref))[:_MOST_TARGETS]
    fitting = _adding_up(source.amount, near, most=_MOST_PARTS)
    if len(fitting) == 1 and not contested:
        takes = [(target, target.open) for target in fitting[0]]
        return _taken(source, takes, "only exact amount" if len(takes) == 1 else "only sum")
    readings = tuple(tuple(target.name for target in chosen) for chosen in fitting)
    ground: Ground = "several fit" if fitting else "nothing fits"
    return Application(source=source, takes=(), ground=ground, readings=readings)


def leftover(application: Application) -> Decimal:
    """What of the source is still open after its takes."""
    return application.source.amount - sum((amount for _, amount in application.takes), ZERO)
