"""One write in progress: reads through what it has staged, then commits everything or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from qbclean.sandbox import refusals
from qbclean.sandbox.audit import AuditEntry, number_of, told_changes
from qbclean.sandbox.company import Change, Company
from qbclean.sandbox.entities import SPECS
from qbclean.sandbox.entities.balances import customer_effects, vendor_effects
from qbclean.sandbox.wire import ZERO, amount_of, encode, money, stamp

Wire = dict[str, Any]


class Edit:
    """The working copy of one write. Objects returned by `read` are copies; `put` stages them."""

    def __init__(self, company: Company, who: str = "", what: str = "") -> None:
        self.company = company
        self.who = who
        self.what = what
        self.subject: tuple[str, str] | None = None
        self.now: datetime = company.clock.now()
        self._staged: dict[tuple[str, str], Wire | None] = {}
        self._counters: dict[str, int] = {}
        self.files: dict[str, bytes] = {}

    # ------------------------------------------------------------ reading

    def read(self, entity: str, object_id: str) -> Wire | None:
        """Return a copy of an object as this write has left it so far, or None."""
        if (entity, object_id) in self._staged:
            staged = self._staged[entity, object_id]
            return None if staged is None else {**staged}
        return self.company.tables[entity].read(object_id)

    def find(self, entity: str, object_id: str) -> Wire:
        """Return a copy of an object. Raises 610 where there is none."""
        found = self.read(entity, object_id)
        if found is None:
            raise refusals.not_found(entity, object_id)
        return found

    def referred(self, entity: str, holder: Mapping[str, Any], name: str) -> Wire | None:
        """Return the object a `…Ref` of `holder` names, None where it has none; fills in the reference's name.

        Raises 2500 for an unknown id, 610 for an inactive object (or otherwise by quirk).
        """
        reference = holder.get(name)
        if not reference:
            return None
        found = self.read(entity, reference["value"])
        refused = found is None or found.get("Active") is False
        if found is None or refused:
            code = self.company.quirks["unknown_reference" if found is None else "inactive_reference"]
            if code == "610":
                raise refusals.not_found(entity, reference["value"])
            raise refusals.invalid_reference(name, reference["value"])
        label = found.get("FullyQualifiedName") or found.get("DisplayName") or found.get("Name")
        if label and self.company.quirks["reference_names"] == "filled":
            reference["name"] = label
        return found

    # ------------------------------------------------------------ writing

    def put(self, entity: str, stored: Wire) -> None:
        """Stage an object."""
        self._staged[entity, stored["Id"]] = stored

    def touch(self, entity: str, stored: Wire) -> None:
        """Stage an object that changes as a side effect: LastUpdatedTime moves, the SyncToken by quirk only."""
        stored["MetaData"] = {**stored.get("MetaData", {}), "LastUpdatedTime": stamp(self.now)}
        if self.company.quirks["side_effect_token"] == "bump":  # noqa: S105 - a SyncToken is no secret
            stored["SyncToken"] = str(int(stored["SyncToken"]) + 1)
        self.put(entity, stored)

    def drop(self, entity: str, object_id: str) -> None:
        """Stage a delete."""
        self._staged[entity, object_id] = None

    def take_id(self, sequence: str) -> str:
        """Return the next id of a sequence; lost again when the write is refused."""
        following = self._counters.get(sequence, self.company.next_id(sequence) - 1) + 1
        self._counters[sequence] = following
        return str(following)

    def check_open_period(self, *dates: str | None) -> None:
        """Refuse a write that touches a date in the closed period (6200, 6210)."""
        closed = self.company.books_closed_through
        if closed and any(given is not None and given <= closed for given in dates):
            raise refusals.closed_books(self.company.quirks["closed_code"], closed)

    def commit(self, request: str | None = None, answer: bytes | None = None) -> None:
        """Carry balances of customers and vendors along, then make all durable and visible, with the answer kept."""
        self._carry_balances()
        change = Change(counters=self._counters, deleted_at=stamp(self.now), audit=list(self._audited()))
        change.files = self.files
        change.created = frozenset(key for key in self._staged if key[1] not in self.company.tables[key[0]])
        for key, staged in self._staged.items():
            change.stored[key] = None if staged is None else (staged, encode(staged))
        if request is not None and answer is not None:
            change.reply = (request, answer)
        self.company.commit(change)

    def _audited(self) -> Iterator[AuditEntry]:
        """Yield what this write does to each object: the one asked for, and what changes along with it."""
        subject = self.subject or next(iter(self._staged), None)
        for key, new in self._staged.items():
            old = self.company.tables[key[0]].read(key[1])
            changes = tuple(told_changes(old, new))
            if key == subject or changes:
                yield AuditEntry(
                    at=stamp(self.now),
                    who=self.who,
                    what="" if key != subject else self.what or ("changed" if old else "created"),
                    entity=key[0],
                    id=key[1],
                    number=number_of(new or old or {}),
                    by=" ".join(subject) if subject and key != subject else "",
                    changes=changes,
                )

    def _carry_balances(self) -> None:
        effects: dict[tuple[str, str], Decimal] = {}
        for (entity, object_id), new in list(self._staged.items()):
            if not SPECS[entity].dated:
                continue
            old = self.company.tables[entity].read(object_id)
            for sign, document in ((1, new), (-1, old)):
                if document is not None:
                    for party, effect in self._effects(entity, document):
                        effects[party] = effects.get(party, ZERO) + sign * effect
        for (kind, party_id), effect in effects.items():
            if effect:
                self._move_balance(kind, party_id, effect)

    def _effects(self, entity: str, document: Wire) -> Iterator[tuple[tuple[str, str], Decimal]]:
        for customer, effect in customer_effects(self, entity, document):
            yield ("Customer", customer), effect
        for vendor, effect in vendor_effects(self, entity, document):
            yield ("Vendor", vendor), effect

    def _move_balance(self, kind: str, party_id: str, effect: Decimal) -> None:
        party = self.read(kind, party_id)
        if party is None:
            return
        party["Balance"] = money(amount_of(party, "Balance") + effect)
        party["MetaData"] = {**party.get("MetaData", {}), "LastUpdatedTime": stamp(self.now)}
        self.put(kind, party)
        if kind == "Customer":
            self.move_balance_with_jobs(party_id, effect)

    def move_balance_with_jobs(self, customer_id: str | None, effect: Decimal) -> None:
        """Add to BalanceWithJobs of a customer and of everyone above."""
        customer = self.read("Customer", customer_id) if customer_id else None
        while customer is not None:
            customer["BalanceWithJobs"] = money(amount_of(customer, "BalanceWithJobs") + effect)
            customer["MetaData"] = {**customer.get("MetaData", {}), "LastUpdatedTime": stamp(self.now)}
            self.put("Customer", customer)
            parent = customer.get("ParentRef")
            customer = self.read("Customer", parent["value"]) if parent else None
