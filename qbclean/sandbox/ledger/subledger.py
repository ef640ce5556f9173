"""Open items of customers and vendors, and how payments settle them: open balances as of any day.

Rules, all for receivables; payables are their mirror image (Bill, VendorCredit, BillPayment).

- An application counts from the latest of the payment's date and the dates of the documents it joins
  [contract sheet 13: "an application counts from the payment's TxnDate"; a document cannot be settled before it
  exists: our choice]. When a link was made is not recorded, as in QuickBooks: re-applying old money re-dates it.
- Links are read from the payment's lines only [7.2]. A line to an invoice, or to a journal entry or other document
  that debits A/R, is settled; one to a credit memo, or to a document that credits A/R, settles [7.3].
- Credits on a payment are used before its cash, both in line order [our choice: what stays unapplied is cash,
  as UnappliedAmt of 6.4 says]. Credit beyond the invoices of that payment raises what the payment has unapplied.
- A payment of one customer may settle another's invoice (a parent and its jobs): each document stays with
  its own customer, so the parent's balance falls by nothing and the job's by the amount [our choice].
- A link to a document that does not exist any more is no application; the money is unapplied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from qbclean.sandbox.ledger.posting import INVOICE_DEPOSIT, Entry, Link, Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Which documents of a subledger are owed, which are credits, which are payments."""

    claim: str
    credit: str
    payment: str
    sign: int  # turns debit-positive cents of the control account into what is owed
    by_vendor: bool = False

    def party(self, posting: Posting) -> str:
        """Return the customer or vendor of a control posting."""
        return posting.vendor if self.by_vendor else posting.customer


RECEIVABLE = Side(claim="Invoice", credit="CreditMemo", payment="Payment", sign=1)
PAYABLE = Side(claim="Bill", credit="VendorCredit", payment="BillPayment", sign=-1, by_vendor=True)

# What LinkedTxn calls documents that are stored under another name.
_LINK_KINDS = {"Expense": "Purchase", "Check": "Purchase", "CreditCardCredit": "Purchase"}


class OpenItem(NamedTuple):
    """A document's effect on the control account for one customer or vendor, in cents; owed is positive."""

    kind: str
    id: str
    party: str
    on: date
    due: date
    number: str
    amount: int


class Application(NamedTuple):
    """An amount in cents moved from one open item to another; both are positions in `Subledger.items`."""

    on: date
    payment: int
    source: int
    target: int
    amount: int


@dataclass(frozen=True, slots=True)
class Subledger:
    """All open items of one side, settled ones too, and all applications in order of date."""

    side: Side
    items: list[OpenItem] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)

    def open_balances(self, as_of: date) -> Iterator[tuple[OpenItem, int]]:
        """Yield every item dated up to the day with its open balance then, in cents; credits are negative."""
        moved: dict[int, int] = defaultdict(int)
        for application in self.applications:
            if application.on <= as_of:
                moved[application.source] += application.amount
                moved[application.target] -= application.amount
        for position, item in enumerate(self.items):
            if item.on <= as_of:
                yield item, item.amount + moved.get(position, 0)


def build_subledger(entries: Iterable[Entry], control_accounts: frozenset[str], side: Side) -> Subledger:
    """Return the subledger of the control accounts; its open items add up to their balance on every day."""
    subledger = Subledger(side)
    positions: dict[tuple[str, str], list[int]] = defaultdict(list)
    payments: list[tuple[int, Entry]] = []
    for entry in entries:
        for item in _items(entry, control_accounts, side):
            if entry.kind == INVOICE_DEPOSIT:
                source, target = len(subledger.items), positions[side.claim, entry.id][0]
                taken = Application(item.on, source, source, target, -item.amount)
                subledger.applications.append(taken)
            elif entry.kind == side.payment and entry.links:
                payments.append((len(subledger.items), entry))
            positions[entry.kind, entry.id].append(len(subledger.items))
            subledger.items.append(item)
    for payment, entry in payments:
        subledger.applications.extend(_applications(entry.links, payment, positions, subledger.items))
    subledger.applications.sort(key=lambda application: application.on)
    return subledger


def _items(entry: Entry, control_accounts: frozenset[str], side: Side) -> Iterator[OpenItem]:
    """Yield the entry's open items: one for a sales document or payment, one per customer for any other."""
    amounts: dict[str, int] = {}
    for posting in entry.postings:
        if posting.account in control_accounts:
            party = side.party(posting)
            amounts[party] = amounts.get(party, 0) + side.sign * posting.amount
    own_kind = entry.kind in {side.claim, side.credit, side.payment}
    for party, amount in amounts.items():
        if amount or own_kind:
            yield OpenItem(entry.kind, entry.id, party, entry.on, entry.due, entry.number, amount)


def _applications(
    links: Iterable[Link],
    payment: int,
    positions: Mapping[tuple[str, str], list[int]],
    items: list[OpenItem],
) -> Iterator[Application]:
    """Yield what the payment's lines apply: credits first, then its own money."""
    crediting: list[tuple[int, int]] = []
    settled: list[tuple[int, int]] = []
    for link in links:
        position = _linked(link, items[payment].party, positions, items)
        if position is not None and link.amount:
            (crediting if items[position].amount < 0 else settled).append((position, link.amount))
    crediting.reverse()
    for target, owed in settled:
        rest = owed
        while rest and crediting:
            source, available = crediting.pop()
            used = min(rest, available)
            yield _application(payment, source, target, used, items)
            rest -= used
            if available > used:
                crediting.append((source, available - used))
        if rest:
            yield _application(payment, payment, target, rest, items)
    for source, unused in reversed(crediting):
        yield _application(payment, source, payment, unused, items)


def _application(payment: int, source: int, target: int, amount: int, items: list[OpenItem]) -> Application:
    counts_from = max(items[payment].on, items[source].on, items[target].on)
    return Application(counts_from, payment, source, target, amount)


def _linked(
    link: Link, payer: str, positions: Mapping[tuple[str, str], list[int]], items: list[OpenItem]
) -> int | None:
    """Return the open item a payment line points at; of a journal entry the payer's own, else its first."""
    found = positions.get((_LINK_KINDS.get(link.kind, link.kind), link.id))
    if not found:
        return None
    return next((position for position in found if items[position].party == payer), found[0])
