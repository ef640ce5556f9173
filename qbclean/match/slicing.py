"""Cuts a company into slices: customers that have to be judged together, each with all documents of both sides.

Parties whose documents touch – a payment on another's invoice, a payment that may be another's – share a slice, so that
nothing in one slice says anything about another. Journal entries and deposits over several parties are in the slice of
each of them and counted in one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from typing import Literal

from qbclean.match.customers import CustomerMap
from qbclean.match.homes import NOBODY, Homes, customers_in
from qbclean.match.nameless import NamelessMoney
from qbclean.match.normalize import number_body
from qbclean.match.overview import Overview, before_tax
from qbclean.match.sales import sale_key
from qbclean.match.together import Together
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.documents import Invoice, SalesReceipt
from qbclean.model.money import cents
from qbclean.model.refs import CrmKind, DocumentRef

_TOLD: tuple[Literal["invoice", "payment", "credit"], ...] = ("invoice", "payment", "credit")
_RECORDS = ("customers", "jobs", "invoices", "payments", "credits", "refunds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What belongs together, by id. `documents`: kind → ids; `records`: field of CrmRecords → ids.

    `told`: kinds of record that the company's export has, here or in other slices. `borrowed`: documents that another
    slice counts. `strangers`: customers of other slices that a journal entry here names. `ar_by_customer`: of
    QuickBooks' report, what concerns this slice. `owners`: as `owners_of` found them. `overview`: of the whole company,
    without what is said of parties of other slices.
    """

    snapshot_id: str
    customers: tuple[str, ...]
    documents: Mapping[str, tuple[str, ...]]
    records: Mapping[str, tuple[str, ...]]
    told: frozenset[CrmKind]
    borrowed: frozenset[DocumentRef]
    strangers: frozenset[str]
    ar_by_customer: Mapping[str, Decimal]
    owners: Mapping[str, str]
    overview: Overview

    @property
    def weight(self) -> int:
        """How many documents and records it holds."""
        return sum(map(len, (*self.documents.values(), *self.records.values())))


def cut(
    books: ReceivablesSnapshot, crm: CrmRecords, overview: Overview, owners: Mapping[str, str], *, size: int
) -> list[Slice]:
    """The company in slices of about `size` documents and records, each of them in exactly one, by party.

    Takes a sketch as well. What is in a slice depends on `size`; what is found in all of them together does not.
    """
    homes = Homes(books, crm, overview.customers)
    together = Together()
    for one, two in (*homes.touching(), *homes.perhaps_astray(overview.strays)):
        together.join(one, two)
    for first, *others in map(sorted, overview.nameless.rivals.values()):
        for other in others:
            together.join(first, other)
    everything = list(homes.everything())
    number_of = _packed(Counter(chain.from_iterable(at_home for _, _, at_home in everything)), together, size)
    parts = [_Part() for _ in range(max(number_of.values()) + 1)]
    for home, number in number_of.items():
        parts[number].homes.add(home)
    for what, keys, at_home in everything:
        members = [part.members[what] for part in parts]
        for key, home in zip(keys, at_home, strict=True):
            members[number_of[home]].append(key)
    for customer_id, balance in books.ar_by_customer.items():
        parts[number_of[homes.of_customer(customer_id)]].ar_by_customer[customer_id] = balance
    _lend(homes, overview.nameless.rivals, parts, number_of)
    narrowed = _Narrowed(homes, overview, owners)
    return [narrowed.slice(part) for part in parts]


class _Part:
    """A slice while it is filled. `members`: kind of document, or field of CrmRecords → ids."""

    def __init__(self) -> None:
        self.homes: set[str] = set()
        self.members: dict[str, list[str]] = defaultdict(list)
        self.borrowed: set[DocumentRef] = set()
        self.ar_by_customer: dict[str, Decimal] = {}


def _packed(weights: Mapping[str, int], together: Together, size: int) -> dict[str, int]:
    """Party → number of its slice. Parties in order, slice after slice; those of one component together."""
    components: dict[str, list[str]] = defaultdict(list)
    for home in sorted({*weights, NOBODY}):
        components[together.find(home)].append(home)
    number_of: dict[str, int] = {}
    number = filled = 0
    for members in components.values():
        if filled >= size:
            number, filled = number + 1, 0
        number_of.update(dict.fromkeys(members, number))
        filled += sum(weights.get(home, 0) for home in members)
    return number_of


def _lend(
    homes: Homes, rivals: Mapping[str, Collection[str]], parts: Sequence[_Part], number_of: Mapping[str, int]
) -> None:
    """Give each slice the journal entries and deposits that touch it, a deposit line that names nobody those who may
    claim it. Whose first party a slice has, it counts the document; where there is none, they take turns."""
    shared: list[tuple[DocumentRef, Sequence[str]]] = []
    shared += ((entry.ref, homes.of_entry(entry)) for entry in homes.books.journal_entries.values())
    shared += ((deposit.ref, homes.of_deposit(deposit, rivals)) for deposit in homes.books.deposits.values())
    for turn, (ref, named) in enumerate(shared):
        touched = dict.fromkeys(number_of[home] for home in named)
        owner = next(iter(touched), turn % len(parts))
        for number in {owner, *touched}:
            parts[number].members[ref.kind].append(ref.id)
            if number != owner:
                parts[number].borrowed.add(ref)


class _Narrowed:
    """Makes slices of filled parts, each with as much of the overview as is said of its parties or of everybody."""

    def __init__(self, homes: Homes, overview: Overview, owners: Mapping[str, str]) -> None:
        self._homes, self._overview, self._owners = homes, overview, owners
        self._groups = {group.key: group for group in overview.customers.groups}
        self._duplicates: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for same in overview.customers.duplicates:
            self._duplicates[homes.of_customer(same[0])].append(same)
        self._lines: dict[str, list[str]] = defaultdict(list)
        for line, rivals in overview.nameless.rivals.items():
            self._lines[min(rivals)].append(line)

    def slice(self, part: _Part) -> Slice:
        members, homes = part.members, self._homes
        named = {
            customer_id
            for key in members["JournalEntry"]
            for customer_id in customers_in(homes.books.journal_entries[key])
        }
        strangers = frozenset(key for key in named if homes.of_customer(key) not in part.homes)
        return Slice(
            snapshot_id=homes.books.id,
            customers=tuple(members["Customer"]),
            documents={kind: tuple(ids) for kind, ids in members.items() if kind not in ("Customer", *_RECORDS)},
            records={what: tuple(members[what]) for what in _RECORDS},
            told=frozenset(kind for kind in _TOLD if homes.crm.tells(kind)),
            borrowed=frozenset(part.borrowed),
            strangers=strangers,
            ar_by_customer=part.ar_by_customer,
            owners={key: self._owners[key] for key in members["invoices"] if key in self._owners},
            overview=self._overview_of(part, strangers),
        )

    def _overview_of(self, part: _Part, strangers: frozenset[str]) -> Overview:
        whole, crm, books = self._overview, self._homes.crm, self._homes.books
        billed = [crm.invoices_by_id[key] for key in part.members["invoices"]]
        numbers = (invoice.number for invoice in billed)
        credit_numbers = (crm.credits_by_id[key].number for key in part.members["credits"])
        sales: list[Invoice | SalesReceipt] = [books.invoices[key] for key in part.members["Invoice"]]
        sales += (books.sales_receipts[key] for key in part.members["SalesReceipt"])
        bodies = {number_body(sale.doc_number) for sale in sales}
        return replace(
            whole,
            customers=self._customers_of(part, strangers),
            crm_prices=whole.crm_prices.intersection(cents(invoice.total) for invoice in billed),
            quickbooks_prices=whole.quickbooks_prices and whole.quickbooks_prices.intersection(map(before_tax, sales)),
            crm_numbers={body: whole.crm_numbers[body] for body in bodies if body in whole.crm_numbers},
            numbers_taken={key: whole.numbers_taken[key] for key in numbers if key and key in whole.numbers_taken},
            credit_numbers=whole.credit_numbers.intersection(filter(None, credit_numbers)),
            series=whole.series.of_some(map(sale_key, sales)),
            strays={key: whole.strays[key] for key in part.members["payments"] if key in whole.strays},
            nameless=self._nameless_of(part),
        )

    def _nameless_of(self, part: _Part) -> NamelessMoney:
        whole = self._overview.nameless
        lines = [line for home in part.homes for line in self._lines.get(home, ())]
        return NamelessMoney(
            rivals={line: whole.rivals[line] for line in lines},
            claimants={line: whole.claimants[line] for line in lines if line in whole.claimants},
            holding={key: whole.holding[key] for key in part.members["payments"] if key in whole.holding},
        )

    def _customers_of(self, part: _Part, strangers: frozenset[str]) -> CustomerMap:
        whole = self._overview.customers
        groups = tuple(self._groups[home] for home in sorted(part.homes) if home in self._groups)
        crm_ids = [crm_id for group in groups for crm_id in group.crm_ids]
        known = [qbo_id for group in groups for qbo_id in group.qbo_ids] + [
            key for key in strangers if key in whole.group_of_qbo
        ]
        return CustomerMap(
            links={crm_id: whole.links[crm_id] for crm_id in crm_ids if crm_id in whole.links},
            jobs={key: whole.jobs[key] for key in part.members["jobs"] if key in whole.jobs},
            groups=groups,
            group_of_qbo={key: whole.group_of_qbo[key] for key in known},
            group_of_crm={crm_id: whole.group_of_crm[crm_id] for crm_id in crm_ids},
            duplicates=tuple(sorted(same for home in part.homes for same in self._duplicates.get(home, ()))),
        )
