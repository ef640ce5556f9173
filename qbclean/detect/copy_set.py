"""The live copies of one sale: which one stays, and what is known of each that is one too many."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from qbclean.detect.survivor import has_money
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import Invoice
from qbclean.model.evidence import Evidence
from qbclean.model.finding import RootCause


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """A copy that is one too many, with what says so. `cause` is how it probably came about."""

    invoice: Invoice
    evidence: tuple[Evidence, ...]
    confidence: int
    cause: RootCause
    near_rivals: int
    """Other CRM invoices it resembles as much: monthly services and equal draws have them, true copies rarely."""
    may_be: str
    """Id of a CRM invoice of the same party and total without any twin, void and draft ones included, which the copy
    might be instead; "" if none."""
    is_none_of_the_crms: bool = False
    """Every equal sale that the CRM bills the party has a twin of its own, known by name: this copies one of them."""
    contradicted: bool = False
    """Its words or number name another unit, lot, month or stage than the sale's, the money on one of the two is
    another sale's, or they lie months apart."""
    common_ground: bool = False
    """Only customer, date and amount make it look like the sale, and others are billed that price too or its words name
    other work."""
    twin_in_doubt: bool = False
    """It is dated like the sale and the sale's twin is not: it may be the sale itself, and the twin another's."""
    may_stay: bool = False
    """The two differ, no CRM says which of them is right, and no money on one of them decides."""
    other_record: bool = False
    """It is on another customer record than the one that stays; no CRM says that both are one customer, nor does a
    number or a note that both bear."""


class CopySet(msgspec.Struct, frozen=True, kw_only=True):
    """All live copies of one sale. `crm_id` is "" without a CRM. `why` says what made the survivor survive."""

    crm_id: str
    survivor: Invoice
    why: str
    extras: tuple[Extra, ...]
    with_money: tuple[Invoice, ...]
    """Copies on which a payment or credit sits."""

    @classmethod
    def of(
        cls, books: ReceivablesSnapshot, survivor: Invoice, why: str, extras: Sequence[Extra], *, crm_id: str = ""
    ) -> CopySet:
        """The `survivor` and its `extras`, in the books they stand in."""
        copies = (survivor, *(extra.invoice for extra in extras))
        money = tuple(invoice for invoice in copies if has_money(books, invoice))
        return cls(crm_id=crm_id, survivor=survivor, why=why, extras=tuple(extras), with_money=money)


def cause_of(entered: str) -> RootCause:
    """How a copy came about, by how far apart it and the other were entered."""
    return "double_sync" if entered in ("seconds apart", "same hour") else "manual_reentry"
